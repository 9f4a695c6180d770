import { canonicalJson } from '../canonical-json.ts';
import type { ApproverKey, ApproverSet, ApproverSignature, SignedStatement } from '../orders/approval.ts';
import { sha256 } from '../signing/digest.ts';
import { generateSigningKey } from '../signing/keys.ts';
import { signStatement } from '../signing/statement.ts';

/** Something with which a person signs. */
export interface TestApprover {
  readonly key: ApproverKey;
  sign(payloadType: string, payload: Uint8Array): ApproverSignature;
}

export function makeKeyFile(): TestApprover {
  const signing = generateSigningKey();
  const { keyid, publicKey } = signing;
  return {
    key: { kind: 'file', keyid, publicKey },
    sign: (payloadType, payload) => signStatement(payloadType, payload, signing),
  };
}

/** A set of these people, each with their keys, or the one after `before`. */
export function makeApproverSet(
  organisationId: string,
  threshold: number,
  people: readonly (readonly TestApprover[])[],
  before: ApproverSet | null = null,
): ApproverSet {
  return {
    format: 1,
    kind: 'approver-set',
    organisationId,
    version: (before?.version ?? 0) + 1,
    previous: before === null ? null : sha256(canonicalJson(before)),
    threshold,
    approvers: people.map((keys, at) => ({
      id: `0199a5a0-0000-7000-8000-2${String(at).padStart(11, '0')}`,
      name: `Person ${at + 1}`,
      keys: keys.map(({ key }) => key),
    })),
    issuedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A statement, signed by these. */
export function signed(statement: unknown, payloadType: string, signers: readonly TestApprover[]): SignedStatement {
  const payload = Buffer.from(canonicalJson(statement));
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: signers.map((signer) => signer.sign(payloadType, payload)),
  };
}
