import { ORDER_PAYLOAD_TYPE } from '@thimble/protocol';
import {
  generateSigningKey,
  openEnvelope,
  readSignature,
  signEnvelope,
  signRequest,
  verifyingKey,
  verifyRequest,
  verifyStatement,
} from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, signed, type TestApprover } from '@thimble/protocol/testing';
import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import { Catalogue } from './fleet/documents.ts';
import { connectionOf, enrolFleet, openConnections, reportAll, serverUnavailable } from './fleet/fleet.ts';
import { expectStatus } from './fleet/member.ts';
import { startMeasuredServer } from './fleet/server.ts';
import { loadNote, processorMs } from './measure.ts';

const ENDPOINTS = 200;
const IN_FLIGHT = 16;
const WARM_UP_ROUNDS = 5;
const ROUNDS = 30;
const VERIFICATIONS = 10_000;
/** A signature costs at most as much again as all the rest of a check-in. */
const SHARE_WITHOUT = 0.5;
/** An endpoint judges a handful of these in a run; so many a second it will never see. */
const LIMIT_STATEMENTS_PER_SECOND = 200;
const LIMIT_ENVELOPES_PER_SECOND = 1_000;
const STATEMENT_TYPE = 'application/vnd.thimble.bench+json';
/** As large as an approval of a few hundred endpoints. */
const STATEMENT_BYTES = 16_384;
const ORGANISATION_ID = '00000000-0000-7000-8000-000000000001';

export const signaturesBench: Bench = {
  name: 'signatures',
  about: 'what signatures cost: check-ins with and without, orders, statements of approvers',
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const requestUs = await requestCost();
  yield await checkIns(requestUs, say, signal);
  yield await envelopes();
  yield await statements('key files', makeKeyFile);
  yield await statements('passkeys (ES256)', () => makePasskey());
}

/** Everything that a server does about the signature of one check-in, microseconds of a processor. */
async function requestCost(): Promise<number> {
  const key = generateSigningKey();
  const publicKey = verifyingKey(key.publicKey);
  const request = { method: 'POST', target: '/api/v1/agent/check-in', body: Buffer.alloc(400, 'x') };
  const created = 1_700_000_000;
  const requests = Array.from({ length: VERIFICATIONS }, (_, sequence) =>
    signRequest(request, { keyid: key.keyid, created, lane: 'main', sequence }, key),
  );
  const tookMs = await processorMs(() => {
    for (const headers of requests) verifyRequest(request, readSignature({ ...headers }), publicKey, created, 300);
  });
  return (tookMs * 1000) / VERIFICATIONS;
}

/** On one processor, by the time that the server's own process needs for each; PostgreSQL has its own. */
async function checkIns(requestUs: number, say: BenchContext['say'], signal: AbortSignal): Promise<Figure> {
  await using server = await startMeasuredServer();
  say(`   enrolling ${ENDPOINTS} endpoints ...`);
  const fleet = await enrolFleet(server, new Catalogue(1), { size: ENDPOINTS, installations: 10, signal });
  await reportAll(server, fleet, IN_FLIGHT, signal);
  const connections = await openConnections(server, ENDPOINTS);
  const drive = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let index = next++; index < fleet.length; index = next++) {
          signal.throwIfAborted();
          const each = fleet[index];
          if (each === undefined) return;
          const request = each.member.checkInRequest(each.documents);
          expectStatus(await connectionOf(connections, index).send(request), 200);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    }
  };
  try {
    await drive(WARM_UP_ROUNDS);
    const before = server.cpu().ownMs;
    await drive(ROUNDS);
    const eachUs = ((server.cpu().ownMs - before) * 1000) / (ROUNDS * ENDPOINTS);
    return {
      bench: 'signatures',
      metric: 'check-ins with signatures, on one processor',
      unit: '/s',
      ours: 1e6 / eachUs,
      peer: 1e6 / (eachUs - requestUs),
      peerName: 'without',
      aim: { kind: 'at-least', ratio: SHARE_WITHOUT },
      note: `${eachUs.toFixed(0)} µs of the server's process for each, ${requestUs.toFixed(0)} of them for the signature; ${loadNote()}`,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** What an endpoint does with each order. */
async function envelopes(): Promise<Figure> {
  const key = generateSigningKey();
  const trusted = new Map([[key.keyid, verifyingKey(key.publicKey)]]);
  const envelope = signEnvelope(ORDER_PAYLOAD_TYPE, Buffer.alloc(STATEMENT_BYTES, 'x'), [key]);
  const tookMs = await processorMs(() => {
    for (let count = 0; count < VERIFICATIONS; count += 1) openEnvelope(envelope, ORDER_PAYLOAD_TYPE, trusted);
  });
  return rate('orders opened (DSSE, 16 KB)', VERIFICATIONS, tookMs, LIMIT_ENVELOPES_PER_SECOND);
}

/** Three of five people have signed; each verification is of all three. */
async function statements(name: string, makeApprover: () => TestApprover): Promise<Figure> {
  const people = Array.from({ length: 5 }, makeApprover);
  const set = makeApproverSet(
    ORGANISATION_ID,
    3,
    people.map((person) => [person]),
  );
  const statement = signed('x'.repeat(STATEMENT_BYTES), STATEMENT_TYPE, people.slice(0, 3));
  const rounds = VERIFICATIONS / 10;
  const tookMs = await processorMs(() => {
    for (let count = 0; count < rounds; count += 1) {
      const { approvers } = verifyStatement(statement, STATEMENT_TYPE, set);
      if (approvers.length !== 3) throw new Error(`${approvers.length} of 3 signatures hold`);
    }
  });
  return rate(`statements with 3 of 5 signatures by ${name}`, rounds, tookMs, LIMIT_STATEMENTS_PER_SECOND);
}

function rate(metric: string, count: number, tookMs: number, limit: number): Figure {
  return {
    bench: 'signatures',
    metric,
    unit: '/s',
    ours: (count * 1000) / tookMs,
    peer: limit,
    peerName: 'limit',
    aim: { kind: 'at-least', ratio: 1 },
    note: `time on a processor; ${loadNote()}`,
  };
}
