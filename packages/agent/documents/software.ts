import { canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { type InstalledComponents, installedComponents } from '@thimble/drivers';
import { AgentError } from '../agent-error.ts';
import type { AgentContext } from '../context.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import { storable } from '../state/storable.ts';
import { packagesKey } from './watch.ts';

/** When it was looked for software besides the package manager's, and what was found, by digest. */
export interface SoftwareLook {
  readonly atMs: number;
  /** What the look depended on. */
  readonly key: string;
  /** Null: this host's files can't be looked through. */
  readonly sha256: string | null;
}

/** Walking costs reads of a disk that is there for others. */
const LOOK_AGAIN_MS = 3_600_000;
const FILE = 'documents/software';

interface Software {
  /** A new look where one is due, otherwise the same. @param force although none is due. */
  look(last: SoftwareLook | null, force: boolean): Promise<SoftwareLook>;
  /** What a look found; null: nothing can be looked for. */
  found(look: SoftwareLook): Promise<InstalledComponents | null>;
}

export function openSoftware(context: AgentContext): Software {
  const { host, driver, workspace, disk, clock, log, agent, softwareFolders } = context;

  async function lookNow(key: string): Promise<SoftwareLook> {
    const found = await installedComponents(host, driver, workspace, softwareFolders);
    if (found === null) return { atMs: clock.now(), key, sha256: null };
    const kept = storable(found);
    await writeChecked(disk, FILE, 'software', kept);
    return { atMs: clock.now(), key, sha256: sha256(canonicalJson(kept)) };
  }

  return {
    async look(last, force) {
      const packages = await packagesKey(host, driver, workspace);
      const key = `${agent.version} ${packages} ${softwareFolders?.join(':') ?? ''}`;
      const ageMs = last === null ? Number.NaN : clock.now() - last.atMs;
      // Younger than nothing: the clock went back.
      const isDue = force || last?.key !== key || !(ageMs >= 0 && ageMs < LOOK_AGAIN_MS);
      return isDue || last === null ? lookNow(key) : last;
    },
    async found(look) {
      if (look.sha256 === null) return null;
      try {
        const kept = (await readChecked(disk, FILE, 'software')) as InstalledComponents | null;
        if (kept !== null && sha256(canonicalJson(kept)) === look.sha256) return kept;
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        log.warn(`installed software is looked for anew: ${error.message}`);
      }
      return installedComponents(host, driver, workspace, softwareFolders);
    },
  };
}
