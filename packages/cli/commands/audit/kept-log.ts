import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KnownHead, openCheckpoint, parseVerifierKey, type VerifierKey } from '@thimble/transparency';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { CliError } from '../../cli-error.ts';

/** Of one log: its key as it was first seen, and checkpoints that were seen of it, each as it was signed. */
const KeptLog = Type.Object({
  format: Type.Literal(1),
  verifierKey: Type.String(),
  /** Oldest first. */
  checkpoints: Type.Array(Type.Object({ seenAt: Type.String(), note: Type.String() }), { minItems: 1 }),
});
type KeptLog = Static<typeof KeptLog>;

/** Of more the older ones are thinned out: they only serve to say more exactly where a log was written anew. */
const MOST_KEPT = 200;

/** What this machine saw of a server's logs; a server has one for each organisation. */
export interface KeptLogs {
  /** Keys of all logs that were seen there. */
  readonly keys: readonly string[];
  /** Heads that were seen of this log, the largest last. */
  readonly headsOf: (log: VerifierKey) => readonly KnownHead[];
  readonly keep: (log: VerifierKey, note: string, seenAt: Date) => Promise<void>;
}

/** @param server Where it is, in words. @throws CliError `not-kept` for files that are not as they were written. */
export async function openKeptLogs(dataDirectory: string, server: string): Promise<KeptLogs> {
  const folder = join(dataDirectory, 'audit', nameOf(server));
  const logs = new Map<string, KeptLog>();
  for (const file of await filesIn(folder)) {
    const kept = await readKept(join(folder, file));
    logs.set(kept.verifierKey, kept);
  }
  return {
    keys: [...logs.keys()],
    headsOf: (log) => headsOf(logs.get(log.text), log),
    keep: async (log, note, seenAt) => {
      const before = logs.get(log.text)?.checkpoints ?? [];
      if (before.some((checkpoint) => checkpoint.note === note)) return;
      const checkpoints = thinned([...before, { seenAt: seenAt.toISOString(), note }]);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(join(folder, `${nameOf(log.text)}.json`), { format: 1, verifierKey: log.text, checkpoints });
    },
  };
}

function headsOf(kept: KeptLog | undefined, log: VerifierKey): readonly KnownHead[] {
  const heads = (kept?.checkpoints ?? []).map(({ note, seenAt }) => {
    const checkpoint = openCheckpoint(note, log);
    if (checkpoint === undefined) throw notKept('a checkpoint in it is not signed by its log');
    return { size: checkpoint.size, root: checkpoint.root, by: `the checkpoint that was seen on ${seenAt}` };
  });
  return heads.toSorted((a, b) => a.size - b.size);
}

function thinned(checkpoints: KeptLog['checkpoints']): KeptLog['checkpoints'] {
  if (checkpoints.length <= MOST_KEPT) return checkpoints;
  return checkpoints.filter((_, index) => index % 2 === 0 || index > checkpoints.length / 2);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function readKept(path: string): Promise<KeptLog> {
  const text = await readFile(path, 'utf8');
  const value = parseJson(text);
  // To forget what was seen would be what somebody who cut the log wishes for.
  if (!Value.Check(KeptLog, value) || parseVerifierKey(value.verifierKey) === undefined) throw notKept(path);
  return value;
}

async function writeWhole(path: string, value: KeptLog): Promise<void> {
  const partial = `${path}.partial`;
  await writeFile(partial, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await rename(partial, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notKept(what: string): CliError {
  return new CliError('not-kept', `what was kept of this log can't be used: ${what}`, {
    hint: 'Restore the folder `audit` in the data folder from a backup; without it older checkpoints are not known.',
  });
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
