import {
  canonicalJson,
  type DocumentKind,
  type Gap,
  type Manifest,
  type Repositories,
  type System,
} from '@thimble/protocol';
import { documentSha256, sha256 } from '@thimble/protocol/signing';
import { HostError, type Task } from '@thimble/drivers';
import { AgentError } from '../agent-error.ts';
import type { AgentContext } from '../context.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import { storable } from '../state/storable.ts';
import { openSoftware, type SoftwareLook } from './software.ts';
import { watchKey } from './watch.ts';

/** What the endpoint reports about itself, by digest. The texts wait on the disk until the server wants them. */
export interface Documents {
  readonly digests: Readonly<Record<DocumentKind, string | null>>;
  /** The unit of this very process, when it runs replaced code; undefined: it does not. */
  readonly ownStaleUnit: string | null | undefined;
  /** Manifest (only when something changed since the last one), repositories and system. */
  collect(options?: { readonly force: boolean }): Promise<void>;
  /** How to bring the updates up to date: not at all, from the indexes that are there, or with new ones. */
  updatesDue(): 'no' | 'compute' | 'refresh';
  collectUpdates(task: Task, options: { readonly refresh: boolean }): Promise<void>;
  text(kind: DocumentKind): Promise<string | null>;
}

/** What is kept between two runs of the agent, so that the timer's check-ins stay cheap. */
interface Index {
  readonly manifest: { readonly sha256: string; readonly watch: string; readonly gaps: readonly Gap[] } | null;
  readonly updates: {
    readonly sha256: string;
    readonly manifest: string | null;
    readonly refreshedAtMs: number;
  } | null;
  readonly repositories?: { readonly sha256: string };
  /** The last look for software besides the package manager's; missing: none yet. */
  readonly software?: SoftwareLook;
}

export const DEFAULT_REFRESH_HOURS = 6;
/** After a failure of the driver itself; a repository that is away is a gap in the document and no failure. */
const RETRY_MS = 15 * 60_000;
const JITTER = 0.1;
/** Above this the clocks' difference is worth telling; in whole minutes, so that the document stays the same. */
const REPORTED_SKEW_MS = 60_000;

export async function openDocuments(
  context: AgentContext,
  refreshHours: number = DEFAULT_REFRESH_HOURS,
): Promise<Documents> {
  const { host, driver, workspace, disk, clock, agent, journal, server, log } = context;
  const software = openSoftware(context);
  let index = await readIndex(context);
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let system: { readonly sha256: string; readonly text: string } | null = null;
  let ownStaleUnit: string | null | undefined;
  // Drawn once for each run: which endpoints come early is spread over the fleet.
  const refreshMs = refreshHours * 3_600_000 * (1 - JITTER + 2 * JITTER * clock.random());

  async function save(change: Partial<Index>): Promise<void> {
    index = { ...index, ...change };
    await writeChecked(disk, 'documents/index', 'documents', index);
  }

  async function collectManifest(force: boolean): Promise<void> {
    const look = await software.look(index.software ?? null, force);
    if (look !== index.software) await save({ software: look });
    const key = await watchKey(host, driver, workspace);
    const watch = `${agent.version} ${look.sha256 ?? '-'} ${key}`;
    if (!force && key !== null && index.manifest?.watch === watch) return;
    const inventory = await driver.inventory(host, workspace);
    const besides = await software.found(look);
    const gaps = [...inventory.gaps, ...(besides?.gaps ?? [])];
    const manifest: Manifest =
      besides === null ? inventory.manifest : { ...inventory.manifest, components: [...besides.components] };
    const text = canonicalJson(manifest);
    const digest = sha256(text);
    if (index.manifest?.sha256 !== digest) await disk.write('documents/manifest', text);
    await save({ manifest: { sha256: digest, watch, gaps } });
  }

  /** A few small files, read each time: a key that was replaced in place shows in no folder's time. */
  async function collectRepositories(): Promise<void> {
    let found: Repositories;
    try {
      found = storable(await driver.repositories(host, workspace));
    } catch (error) {
      // What is configured is no reason to keep from the server what is installed.
      if (!(error instanceof HostError)) throw error;
      return log.warn(`the configured repositories can't be read: ${error.message}`);
    }
    const text = canonicalJson(found);
    const digest = sha256(text);
    if (index.repositories?.sha256 === digest) return;
    await disk.write('documents/repositories', text);
    await save({ repositories: { sha256: digest } });
  }

  async function collectSystem(): Promise<void> {
    const found = await driver.system(host, workspace, agent);
    ownStaleUnit = found.staleProcesses.find(({ pid }) => pid === host.ownProcessId)?.unit;
    const gaps = [...found.gaps, ...(index.manifest?.gaps ?? []), ...agentGaps()].slice(0, 100);
    const document: System = storable({ ...found, gaps });
    system = { sha256: documentSha256(document), text: canonicalJson(document) };
  }

  function agentGaps(): Gap[] {
    const gaps: Gap[] = [];
    const offsetMs = server.clockOffsetMs;
    if (Math.abs(offsetMs) > REPORTED_SKEW_MS) {
      const minutes = Math.round(Math.abs(offsetMs) / 60_000);
      const side = offsetMs > 0 ? 'behind' : 'ahead of';
      gaps.push({ what: 'clock', why: `this machine's clock is about ${minutes} minutes ${side} the server's` });
    }
    for (const [why, count] of Object.entries(journal.state.rejected))
      gaps.push({ what: 'orders', why: `${count} orders were not accepted: ${why}` });
    return gaps;
  }

  return {
    get digests() {
      return {
        manifest: index.manifest?.sha256 ?? null,
        system: system?.sha256 ?? null,
        updates: index.updates?.sha256 ?? null,
        repositories: index.repositories?.sha256 ?? null,
      };
    },
    get ownStaleUnit() {
      return ownStaleUnit;
    },
    async collect({ force } = { force: false }) {
      await collectManifest(force);
      await collectRepositories();
      await collectSystem();
    },
    updatesDue() {
      if (clock.monotonic() < retryAtMs) return 'no';
      if (index.updates === null) return 'refresh';
      const ageMs = clock.now() - index.updates.refreshedAtMs;
      // Younger than nothing: the clock went back, and the age is not known.
      if (ageMs >= refreshMs || ageMs < 0) return 'refresh';
      return index.updates.manifest === (index.manifest?.sha256 ?? null) ? 'no' : 'compute';
    },
    async collectUpdates(task, { refresh }) {
      const basis = index.manifest?.sha256 ?? null;
      retryAtMs = clock.monotonic() + RETRY_MS;
      const found = await driver.updates(task, { refresh }).finally(() => {
        // Given up for an order, it is due again as soon as that has ended.
        if (task.signal.aborted) retryAtMs = Number.NEGATIVE_INFINITY;
      });
      if (task.signal.aborted) return;
      const text = canonicalJson(storable(found));
      const digest = sha256(text);
      if (index.updates?.sha256 !== digest) await disk.write('documents/updates', text);
      const refreshedAtMs = refresh ? clock.now() : (index.updates?.refreshedAtMs ?? 0);
      await save({ updates: { sha256: digest, manifest: basis, refreshedAtMs } });
      retryAtMs = Number.NEGATIVE_INFINITY;
    },
    async text(kind) {
      if (kind === 'system') return system?.text ?? null;
      const text = (await disk.read(`documents/${kind}`))?.toString('utf8') ?? null;
      return text !== null && sha256(text) === index[kind]?.sha256 ? text : null;
    },
  };
}

/** A damaged index only costs a new inventory. */
async function readIndex({ disk, log }: AgentContext): Promise<Index> {
  try {
    const index = (await readChecked(disk, 'documents/index', 'documents')) as Index | null;
    return index ?? { manifest: null, updates: null };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    log.warn(`documents are collected anew: ${error.message}`);
    return { manifest: null, updates: null };
  }
}
