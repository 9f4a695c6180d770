import {
  HALT_PAYLOAD_TYPE,
  ORDER_KEYS_PAYLOAD_TYPE,
  SERVER_TIME_PAYLOAD_TYPE,
  canonicalJson,
  type Envelope,
  type HaltStatement,
  type SignedStatement,
  type TrustNews,
} from '@thimble/protocol';
import { signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { signed, type TestApprover } from '@thimble/protocol/testing';
import { ENDPOINT_ID, ORGANISATION_ID } from './fake-server.ts';

/** What a server signs and shows besides orders. */
export function makeHalt(
  sequence: number,
  action: HaltStatement['action'],
  change: Partial<HaltStatement> = {},
): HaltStatement {
  const issuedAt = '2026-06-01T00:00:00.000Z';
  return {
    format: 1,
    kind: 'halt',
    organisationId: ORGANISATION_ID,
    sequence,
    action,
    reason: 'a drill',
    issuedAt,
    ...change,
  };
}

export function haltByKey(halt: HaltStatement, key: SigningKey): Envelope {
  return envelope(HALT_PAYLOAD_TYPE, halt, key);
}

export function haltByApprovers(halt: HaltStatement, ...signers: readonly TestApprover[]): SignedStatement {
  return signed(halt, HALT_PAYLOAD_TYPE, signers);
}

export function orderKeyList(
  sequence: number,
  keys: readonly SigningKey[],
  by: SigningKey,
  organisationId: string | null = null,
): Envelope {
  const list = {
    format: 1,
    kind: 'order-keys',
    organisationId,
    sequence,
    keys: keys.map(({ keyid, publicKey }) => ({ keyid, publicKey })),
    issuedAt: '2026-06-01T00:00:00.000Z',
  };
  return envelope(ORDER_KEYS_PAYLOAD_TYPE, list, by);
}

export function signedTime(time: string, by: SigningKey, endpointId: string = ENDPOINT_ID): Envelope {
  return envelope(SERVER_TIME_PAYLOAD_TYPE, { time, endpointId }, by);
}

/** Nothing new but the time. */
export function makeNews(
  key: SigningKey,
  change: Partial<TrustNews> = {},
  time = '2026-06-01T00:00:00.000Z',
): TrustNews {
  return { approverSets: [], orderKeys: [], halt: null, serverTime: signedTime(time, key), ...change };
}

function envelope(payloadType: string, value: unknown, key: SigningKey): Envelope {
  return signEnvelope(payloadType, Buffer.from(canonicalJson(value)), [key]);
}
