import type { Block, Selection, Transaction, Update } from '@thimble/protocol';
import { compareVersions, isVersion } from '@thimble/versions';
import { blockOf } from './blocks.ts';
import type { Candidates } from './candidates.ts';

export type Wanted = Pick<Update, 'name' | 'architecture' | 'source'> & { readonly version: string };
export type Excluded = Transaction['excluded'][number];

/** Which updates a selection means, and which of them can't be had, with the reason. */
export function selectUpdates(
  candidates: Candidates,
  selection: Selection,
  blocks: readonly Block[] = [],
): { wanted: Wanted[]; excluded: Excluded[] } {
  const excluded: Excluded[] = [];
  const wanted: Wanted[] = [];
  const leave = (each: { name: string; architecture: string }, why: string) =>
    void excluded.push({ name: each.name, architecture: each.architecture, why });
  const take = (update: Update, version: string, explicit: boolean) => {
    const { phased } = update;
    if (update.held) leave(update, 'held by the administrator of this endpoint');
    else if (phased !== null && !phased.included && !explicit)
      leave(update, `phased: offered to ${phased.percentage} % of machines so far, not to this one`);
    else wanted.push({ name: update.name, architecture: update.architecture, source: update.source, version });
  };
  if (selection.kind !== 'packages') {
    for (const update of candidates.updates)
      if (selection.kind === 'all' || update.security) take(update, update.candidate, false);
    return { wanted, excluded };
  }
  for (const asked of selection.packages) {
    const matching = candidates.updates.filter(
      ({ name, architecture }) =>
        name === asked.name && (asked.architecture === undefined || asked.architecture === architecture),
    );
    for (const update of matching) {
      const version = asked.version ?? update.candidate;
      const block = blockOf(blocks, { ...update, version });
      const why = block === null ? whyNot(candidates, update, version) : `${version} is blocked: ${block.reason}`;
      if (why === null) take(update, version, true);
      else leave(update, why);
    }
    if (matching.length > 0) continue;
    const native = candidates.installed.native;
    const now = candidates.installed.find(asked.name, asked.architecture ?? native);
    const place = { name: asked.name, architecture: now?.architecture ?? asked.architecture ?? native };
    leave(
      place,
      now === undefined ? 'not installed on this endpoint' : `no update is pending, ${now.version} is installed`,
    );
  }
  return { wanted, excluded };
}

function whyNot(candidates: Candidates, update: Update, version: string): string | null {
  if (version === update.candidate) return null;
  const known = candidates.records.byName
    .get(update.name)
    ?.some((each) => each.version === version && each.architecture === update.architecture);
  if (known !== true) return `version ${version} is in no index of this endpoint`;
  const newer = isVersion('deb', version) && compareVersions('deb', version, update.installed) > 0;
  return newer ? null : `version ${version} is not newer than the installed ${update.installed}`;
}
