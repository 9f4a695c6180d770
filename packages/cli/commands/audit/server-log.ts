import {
  type Checkpoint,
  type KnownHead,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifyCosignature,
} from '@thimble/transparency';
import type { Cli } from '../../cli.ts';
import { type Client, createClient, ProblemError } from '../../client/index.ts';
import { describeTarget } from '../../client/target.ts';
import { chooseTarget, dataDirectory } from '../connection.ts';
import type { ConnectionOptions } from '../options.ts';
import { doesNotHold } from './audit-options.ts';
import { type KeptLogs, openKeptLogs } from './kept-log.ts';

export interface AuditOptions extends ConnectionOptions {
  readonly key?: VerifierKey;
  readonly witness?: readonly VerifierKey[];
}

export interface Cosigned {
  readonly witness: string;
  /** Unix time, seconds. */
  readonly seenAt: number;
}

/** A server's log as it says that it is, its checkpoint's signatures verified; and what this machine saw of it before. */
export interface ServerLog {
  readonly client: Client;
  readonly log: VerifierKey;
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly cosigned: readonly Cosigned[];
  /** The largest last. */
  readonly seen: readonly KnownHead[];
  readonly keep: () => Promise<void>;
}

/** @throws CliError with exit code 6: the log is another one, or its checkpoint is not signed as it has to be. */
export async function openServerLog(cli: Cli, options: AuditOptions): Promise<ServerLog> {
  const target = chooseTarget(cli, options);
  const client = createClient(target);
  const kept = await openKeptLogs(dataDirectory(cli, options.data), describeTarget(target));
  const log = await trustedLog(client, kept, options.key);
  const seen = kept.headsOf(log);
  const note = await newestNote(client, seen);
  const checkpoint = openCheckpoint(note, log);
  const parsed = parseNote(note);
  if (checkpoint === undefined || parsed === undefined)
    throw doesNotHold('checkpoint-not-signed', `the newest checkpoint is not signed by ${log.text}`);
  const cosigned = (options.witness ?? []).map((witness) => {
    const cosignature = verifyCosignature(parsed, witness);
    if (cosignature !== undefined) return cosignature;
    throw doesNotHold(
      'not-cosigned',
      `the checkpoint of ${checkpoint.size} records is not cosigned by ${witness.name}`,
    );
  });
  return { client, log, note, checkpoint, cosigned, seen, keep: () => kept.keep(log, note, cli.now()) };
}

/** The key on the command line, else the one that this server had before, else the one that it names: the first time. */
async function trustedLog(client: Client, kept: KeptLogs, given: VerifierKey | undefined): Promise<VerifierKey> {
  const { verifierKey } = await client.evidenceLog();
  const log = parseVerifierKey(verifierKey);
  if (log?.kind !== 'ed25519') throw doesNotHold('no-log-key', 'the server names a key for its log that is none');
  if (given !== undefined) {
    if (given.text === log.text) return log;
    throw doesNotHold('another-log', `the server’s log has the key ${log.text}, not the given one`);
  }
  if (kept.keys.length === 0 || kept.keys.includes(log.text)) return log;
  throw doesNotHold(
    'another-log',
    `the server’s log has the key ${log.text}, but before it had ${kept.keys.join(' or ')}`,
    'If that is as it should be (another organisation), say so with --key.',
  );
}

async function newestNote(client: Client, seen: readonly KnownHead[]): Promise<string> {
  try {
    return await client.evidenceCheckpoint();
  } catch (error) {
    const newest = seen.at(-1);
    if (newest === undefined || !(error instanceof ProblemError) || error.code !== 'no-checkpoint') throw error;
    throw doesNotHold('truncated', `the server has no checkpoint, but ${newest.by} has ${newest.size} records`);
  }
}
