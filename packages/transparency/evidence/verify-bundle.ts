import {
  type Envelope,
  type EvidenceBundle,
  type EvidenceRecord,
  type EvidenceScope,
  canonicalJson,
} from '@thimble/protocol';
import { EnvelopeError, KeyError, openEnvelope, sha256, verifyingKey } from '@thimble/protocol/signing';
import type { Hash } from '../merkle/hash.ts';
import { verifyInclusion } from '../merkle/verify.ts';
import { type Checkpoint, openCheckpoint } from '../notes/checkpoint.ts';
import { verifyCosignature } from '../notes/cosignature.ts';
import { parseNote } from '../notes/note.ts';
import type { VerifierKey } from '../notes/verifier-key.ts';
import { type EvidenceFault, leafOf } from './check-record.ts';

export interface BundleKeys {
  readonly log: VerifierKey;
  /** Each of them has to have cosigned the checkpoint. */
  readonly witnesses: readonly VerifierKey[];
}

export type VerifiedBundle =
  | {
      readonly kind: 'holds';
      readonly checkpoint: Checkpoint;
      readonly ordersLeftOut: number;
      readonly expired: number;
    }
  /** Of a record. */
  | { readonly kind: 'bad-record'; readonly checkpoint: Checkpoint; readonly fault: EvidenceFault }
  /** Of the whole, before any record was looked at. */
  | { readonly kind: 'bad-checkpoint'; readonly message: string };

/** Checks everything that a bundle claims, with nothing but the keys. It names the first record that is not proven. */
export function verifyBundle(bundle: EvidenceBundle, keys: BundleKeys): VerifiedBundle {
  const checkpoint = openCheckpoint(bundle.checkpoint, keys.log);
  if (checkpoint === undefined)
    return { kind: 'bad-checkpoint', message: `its checkpoint is not signed by ${keys.log.text}` };
  const note = parseNote(bundle.checkpoint);
  const absent = keys.witnesses.find((witness) => note === undefined || verifyCosignature(note, witness) === undefined);
  if (absent !== undefined)
    return { kind: 'bad-checkpoint', message: `its checkpoint is not cosigned by the witness ${absent.name}` };
  const hashes = bundle.hashes.map((hash) => Buffer.from(hash, 'hex'));
  let before: EvidenceRecord | undefined;
  for (const { record, path } of bundle.entries) {
    const fault =
      faultOfOrder(before, record, bundle.scope) ??
      faultOfScope(record, bundle.scope) ??
      faultOfProof(record, path, hashes, checkpoint);
    if (fault !== undefined) return { kind: 'bad-record', checkpoint, fault };
    before = record;
  }
  return faultOfOrders(bundle, checkpoint);
}

/** In a period no record is left out, so that each continues the one before. */
function faultOfOrder(
  before: EvidenceRecord | undefined,
  { sequence, previousSha256 }: EvidenceRecord,
  scope: EvidenceScope,
): EvidenceFault | undefined {
  if (before === undefined) return undefined;
  if (sequence <= before.sequence)
    return { sequence, code: 'misplaced', message: `record ${sequence} stands after record ${before.sequence}` };
  const next = before.sequence + 1;
  if (scope.kind === 'period' && sequence !== next)
    return {
      sequence: next,
      code: 'missing',
      message: `record ${next} is missing: ${sequence} comes after ${before.sequence}`,
    };
  if (sequence === next && previousSha256 !== before.sha256)
    return { sequence, code: 'unlinked', message: `record ${sequence} does not continue record ${before.sequence}` };
  return undefined;
}

function faultOfScope(record: EvidenceRecord, scope: EvidenceScope): EvidenceFault | undefined {
  return isWithin(record, scope)
    ? undefined
    : {
        sequence: record.sequence,
        code: 'foreign',
        message: `record ${record.sequence} is about something else than the bundle`,
      };
}

function isWithin({ runId, endpointId, at }: EvidenceRecord, scope: EvidenceScope): boolean {
  switch (scope.kind) {
    case 'run':
      return runId === scope.runId;
    case 'endpoint':
      return endpointId === scope.endpointId;
    case 'period':
      return at >= scope.from && at <= scope.to;
  }
}

function faultOfProof(
  record: EvidenceRecord,
  path: readonly number[],
  hashes: readonly Hash[],
  checkpoint: Checkpoint,
): EvidenceFault | undefined {
  const { sequence } = record;
  const leaf = leafOf(record);
  if (leaf === undefined)
    return {
      sequence,
      code: 'changed',
      message: `record ${sequence} was changed: its digest is not that of its content`,
    };
  const proof = path.flatMap((place) => hashes[place] ?? []);
  if (proof.length === path.length && verifyInclusion(leaf, sequence - 1, checkpoint, proof)) return undefined;
  return { sequence, code: 'unproven', message: `record ${sequence} is not proven to be in the log of the checkpoint` };
}

/** A record of an order names the digest of its envelope: what was sent can't be another order than what is shown. */
function faultOfOrders({ entries, envelopes, orderKeys }: EvidenceBundle, checkpoint: Checkpoint): VerifiedBundle {
  const shown = new Map(envelopes.map((envelope) => [sha256(canonicalJson(envelope)), envelope]));
  let ordersLeftOut = 0;
  for (const { record } of entries) {
    const digest = record.kind === 'order-issued' ? digestIn(record.detail) : undefined;
    if (digest === undefined) continue;
    const envelope = shown.get(digest);
    if (envelope === undefined) ordersLeftOut += 1;
    else if (!isSigned(envelope, orderKeys)) {
      const { sequence } = record;
      return {
        kind: 'bad-record',
        checkpoint,
        fault: {
          sequence,
          code: 'changed',
          message: `the order of record ${sequence} is signed by none of the order keys`,
        },
      };
    }
    shown.delete(digest);
  }
  const expired = entries.filter(({ record }) => record.expired !== undefined).length;
  const [stray] = shown.keys();
  if (stray === undefined) return { kind: 'holds', checkpoint, ordersLeftOut, expired };
  return { kind: 'bad-checkpoint', message: `it shows an order (${stray}) of which no record tells` };
}

function digestIn(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null || !('envelopeSha256' in detail)) return undefined;
  return typeof detail.envelopeSha256 === 'string' ? detail.envelopeSha256 : undefined;
}

function isSigned(envelope: Envelope, orderKeys: EvidenceBundle['orderKeys']): boolean {
  try {
    const trusted = new Map(orderKeys.map(({ keyid, publicKey }) => [keyid, verifyingKey(publicKey)]));
    openEnvelope(envelope, envelope.payloadType, trusted);
    return true;
  } catch (error) {
    if (error instanceof EnvelopeError || error instanceof KeyError) return false;
    throw error;
  }
}
