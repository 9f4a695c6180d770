import { EvidenceBundle } from '@thimble/protocol';
import { parseNote, parseVerifierKey, verifyBundle, verifyCosignature } from '@thimble/transparency';
import { Value } from 'typebox/value';
import { CliError } from '../../cli-error.ts';
import { plural } from '../../terminal/index.ts';
import { doesNotHold, readGiven } from './audit-options.ts';
import { givenHead, type Verdict, type VerifyOptions } from './verify-server.ts';

/** Checks a bundle with nothing but itself and the keys that are given. */
export async function verifyBundleFile(
  path: string,
  { key, witness = [], checkpoint }: VerifyOptions,
): Promise<Verdict> {
  const bundle = parseBundle(await readGiven(path), path);
  const log = key ?? parseVerifierKey(bundle.verifierKey);
  if (log === undefined) throw doesNotHold('no-log-key', `${path} names a key for its log that is none`);
  const verified = verifyBundle(bundle, { log, witnesses: witness });
  if (verified.kind === 'bad-checkpoint') throw doesNotHold('bundle-broken', `${path}: ${verified.message}`);
  const { size, root } = verified.checkpoint;
  if (checkpoint !== undefined) {
    const head = await givenHead(checkpoint, log);
    if (head.size !== size)
      throw new CliError('not-comparable', `${checkpoint} has ${head.size} records, the bundle’s checkpoint ${size}`, {
        hint: 'Off line only checkpoints of one size can be compared; with the server: thimble audit verify --checkpoint FILE.',
      });
    if (!head.root.equals(root)) throw doesNotHold('forked', `${head.by} is of another log than the bundle’s`);
  }
  const note = parseNote(bundle.checkpoint);
  return {
    log: log.text,
    records: verified.kind === 'holds' ? bundle.entries.length : goodBefore(bundle, verified.fault.sequence),
    checkpoint: size,
    cosigned: note === undefined ? [] : witness.flatMap((known) => verifyCosignature(note, known) ?? []),
    fault: verified.kind === 'holds' ? null : verified.fault,
    notes: [
      ...(key === undefined ? ['The key is the bundle’s own: give the log’s with --key to know whose it is.'] : []),
      ...(verified.kind === 'holds' ? leftOut(verified) : []),
    ],
  };
}

function leftOut({ ordersLeftOut, expired }: { readonly ordersLeftOut: number; readonly expired: number }): string[] {
  return [
    ...(ordersLeftOut > 0 ? [`Of ${plural(ordersLeftOut, 'order')} only the digest is in it.`] : []),
    ...(expired > 0 ? [`Of ${plural(expired, 'old record')} only the digest is left.`] : []),
  ];
}

function goodBefore({ entries }: EvidenceBundle, sequence: number): number {
  return entries.findIndex(({ record }) => record.sequence >= sequence);
}

function parseBundle(text: string, path: string): EvidenceBundle {
  const value = parseJson(text);
  if (Value.Check(EvidenceBundle, value)) return value;
  throw new CliError('not-a-bundle', `${path} is no bundle of evidence`, {
    hint: 'They are written by: thimble audit export --output FILE',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
