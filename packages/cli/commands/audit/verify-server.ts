import type { EvidenceRecord } from '@thimble/protocol';
import { type EvidenceFault, type KnownHead, openCheckpoint, type VerifierKey, verifyLog } from '@thimble/transparency';
import type { Cli } from '../../cli.ts';
import { plural } from '../../terminal/index.ts';
import { doesNotHold, readGiven } from './audit-options.ts';
import { type AuditOptions, type Cosigned, openServerLog } from './server-log.ts';

export interface VerifyOptions extends AuditOptions {
  readonly bundle?: string;
  readonly checkpoint?: string;
}

/** What an audit found; `--json` prints it. */
export interface Verdict {
  /** The log's key. */
  readonly log: string;
  /** How many hold, from the first on. */
  readonly records: number;
  /** Records that the checkpoint has. */
  readonly checkpoint: number;
  readonly cosigned: readonly Cosigned[];
  readonly fault: EvidenceFault | null;
  /** What a person should know besides. */
  readonly notes: readonly string[];
}

/** Reads every record of the server's log and holds it against its checkpoint and all that were seen before. */
export async function verifyServer(cli: Cli, options: VerifyOptions): Promise<Verdict> {
  const { client, log, checkpoint, cosigned, seen, keep } = await openServerLog(cli, options);
  const given = options.checkpoint === undefined ? [] : [await givenHead(options.checkpoint, log)];
  const signed = { ...checkpoint, by: 'the server’s own checkpoint' };
  const pages = counted(cli, client.evidenceEntries());
  const { log: read, fault = null } = await verifyLog(pages, [...given, ...seen, signed]);
  cli.terminal.status('');
  if (fault === null) await keep();
  const before = seen.at(-1);
  return {
    log: log.text,
    records: read.tree.size,
    checkpoint: checkpoint.size,
    cosigned,
    fault,
    notes:
      fault !== null
        ? []
        : before === undefined
          ? [`This log is seen for the first time. Compare its key with what the server’s operator says: ${log.text}`]
          : [`It goes on from the ${plural(before.size, 'record')} that were seen before.`],
  };
}

/** A checkpoint in a file; it has to be signed by the same log. */
export async function givenHead(path: string, log: VerifierKey): Promise<KnownHead> {
  const checkpoint = openCheckpoint(await readGiven(path), log);
  if (checkpoint === undefined)
    throw doesNotHold('checkpoint-not-signed', `${path} is no checkpoint signed by ${log.text}`);
  return { ...checkpoint, by: `the checkpoint in ${path}` };
}

async function* counted(
  { terminal, signal }: Cli,
  pages: AsyncIterable<readonly EvidenceRecord[]>,
): AsyncGenerator<readonly EvidenceRecord[]> {
  let count = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    yield page;
    count += page.length;
    terminal.status(`${count} records`);
  }
}
