import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InclusionProof } from '@thimble/protocol';
import { generateSigningKey, readSignature, signRequest, verifyingKey, verifyRequest } from '@thimble/protocol/signing';
import { apiSocketPath, loadSettings, processSources, type RunningServer, STAGES, startServer } from '@thimble/server';
import { appendTestEvidence, asSystem } from '@thimble/server/testing';
import { rootOf, type Tree, verifyInclusion, verifyLog } from '@thimble/transparency';
import type { Bench, BenchContext } from './bench.ts';
import { callLocally } from './content/local-api.ts';
import { type Figure, median } from './figure.ts';
import { serverUnavailable } from './fleet/fleet.ts';
import { loadNote, processorMs, quantile } from './measure.ts';
import { fillLeaves } from './transparency/fill-leaves.ts';
import { readLog, writeLog } from './transparency/made-log.ts';

const APPENDED = 100_000;
/** Records of one transaction: what a run's step or a round of outcomes brings together. */
const BATCH = 100;
const WRITERS = 4;
const LIMIT_APPENDS_PER_SECOND = 5_000;
const VERIFIED = 1_000_000;
const LIMIT_VERIFY_S = 60;
const PROOFS = 2_000;
const LIMIT_PROOF_MS = 10;
const SIGNATURES = 20_000;
/** At 1,500 check-ins a second one processor has so long for each. */
const CHECK_IN_US = 1e6 / 1_500;
const SIGNED_DEADLINE_MS = 120_000;

export const transparencyBench: Bench = {
  name: 'transparency',
  about: `the evidence as a log: appending with checkpoints, verifying and proving among ${VERIFIED.toLocaleString('en-GB')} records`,
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  // Directly under /tmp: PostgreSQL runs as another user when we are root, and a socket's path is short.
  const folder = await mkdtemp('/tmp/thimble-bench-log-');
  await chmod(folder, 0o711);
  const argv = [
    '--data',
    join(folder, 'data'),
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--feeds',
    'off',
    '--log-level',
    'error',
  ];
  const path = join(folder, 'log.jsonl');
  try {
    yield await signatureCost();
    say('   writing a log of a million records ...');
    const tree = await writeLog(path, VERIFIED, signal);
    yield await verifying(path, tree);
    const server = await startServer(loadSettings(processSources(argv)), { stages: STAGES });
    try {
      // Outside of a request: by itself the server's database shows nothing to anybody.
      yield await asSystem(() => appending(server, signal));
      say('   a server that has a million leaves ...');
      await asSystem(() => fillLeaves(server.context, path));
      yield await proving(server, tree, signal);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function appending({ context }: RunningServer, signal: AbortSignal): Promise<Figure> {
  let left = APPENDED / BATCH;
  const writer = async (): Promise<void> => {
    while (left > 0) {
      signal.throwIfAborted();
      left -= 1;
      await appendTestEvidence(
        context,
        Array.from({ length: BATCH }, (_, index) => `record ${left} ${index}`),
      );
    }
  };
  const startedMs = performance.now();
  const ownMs = await processorMs(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  const appendedMs = performance.now() - startedMs;
  const checkpoints = await untilSigned(context);
  const signedMs = performance.now() - startedMs;
  return {
    bench: 'transparency',
    metric: 'appends',
    unit: '/s',
    ours: (APPENDED * 1000) / appendedMs,
    peer: LIMIT_APPENDS_PER_SECOND,
    peerName: 'limit',
    aim: { kind: 'at-least', ratio: 1 },
    note:
      `${APPENDED} records, ${BATCH} a transaction, ${WRITERS} writers, synchronous commit, in the server’s own process, which needed ` +
      `${((ownMs * 1000) / APPENDED).toFixed(0)} µs of a processor for each; ${checkpoints} ` +
      `checkpoints meanwhile; all of it signed ${((signedMs - appendedMs) / 1000).toFixed(1)} s after the last; ${loadNote()}`,
  };
}

async function untilSigned({ database }: RunningServer['context']): Promise<number> {
  for (const startedMs = performance.now(); performance.now() - startedMs < SIGNED_DEADLINE_MS; await sleep(100)) {
    const { rows } = await database.pool.query<{ due: boolean; checkpoints: number }>(
      `select (select max(sequence) from evidence) > coalesce(max(size), 0) as due, count(*)::int as checkpoints
       from evidence_checkpoint`,
    );
    const [row] = rows;
    if (row?.due === false) return row.checkpoints;
  }
  throw new Error('the records are not signed');
}

async function verifying(path: string, tree: Tree): Promise<Figure> {
  const head = { size: tree.size, root: rootOf(tree), by: 'the checkpoint' };
  let verified: Awaited<ReturnType<typeof verifyLog>> | undefined;
  const startedMs = performance.now();
  const tookMs = await processorMs(async () => {
    verified = await verifyLog(readLog(path), [head]);
  });
  const wallS = (performance.now() - startedMs) / 1000;
  if (verified?.fault !== undefined || verified?.log.tree.size !== VERIFIED)
    throw new Error(`the log does not hold: ${verified?.fault?.message ?? 'it ends early'}`);
  return {
    bench: 'transparency',
    metric: `verifying ${VERIFIED} records`,
    unit: 's',
    ours: tookMs / 1000,
    peer: LIMIT_VERIFY_S,
    peerName: 'limit',
    aim: { kind: 'at-most', ratio: 1 },
    note:
      `time on a processor, ${wallS.toFixed(1)} s by the wall; from lines of JSON: digest, link and leaf of each, and the root at ` +
      `the end; ${loadNote()}`,
  };
}

/** As an auditor asks for it, over HTTP; each proof is verified outside the measured time. */
async function proving({ context }: RunningServer, tree: Tree, signal: AbortSignal): Promise<Figure> {
  const head = { size: tree.size, root: rootOf(tree) };
  const latenciesMs: number[] = [];
  for (let index = 0; index < PROOFS; index += 1) {
    signal.throwIfAborted();
    const sequence = 1 + ((index * 7_919_317) % VERIFIED);
    const startedMs = performance.now();
    const target = `/evidence/${sequence}/proof?size=${VERIFIED}`;
    const proof = (await callLocally(apiSocketPath(context.settings.data), 'GET', target)) as InclusionProof;
    latenciesMs.push(performance.now() - startedMs);
    const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
    if (!verifyInclusion(Buffer.from(proof.leafSha256, 'hex'), sequence - 1, head, path))
      throw new Error(`the proof of record ${sequence} does not hold`);
  }
  return {
    bench: 'transparency',
    metric: 'proof of one of a million',
    unit: 'ms',
    ours: median(latenciesMs),
    peer: LIMIT_PROOF_MS,
    peerName: 'limit',
    aim: { kind: 'at-most', ratio: 1 },
    note: `${PROOFS} over the API one after another, all verified; p99 ${quantile(latenciesMs, 0.99).toFixed(2)} ms; ${loadNote()}`,
  };
}

/** What a check-in costs more because it is signed: everything that the server does about the signature. */
async function signatureCost(): Promise<Figure> {
  const key = generateSigningKey();
  const publicKey = verifyingKey(key.publicKey);
  const request = { method: 'POST', target: '/api/v1/agent/check-in', body: Buffer.alloc(400, 'x') };
  const created = 1_700_000_000;
  const signed = Array.from({ length: SIGNATURES }, (_, sequence) =>
    signRequest(request, { keyid: key.keyid, created, lane: 'main', sequence }, key),
  );
  const tookMs = await processorMs(() => {
    for (const headers of signed) verifyRequest(request, readSignature({ ...headers }), publicKey, created, 300);
  });
  const eachUs = (tookMs * 1000) / SIGNATURES;
  return {
    bench: 'transparency',
    metric: 'verifying one check-in’s signature',
    unit: 'µs',
    ours: eachUs,
    peer: CHECK_IN_US,
    peerName: 'a check-in at 1,500/s',
    aim: { kind: 'at-most', ratio: 0.3 },
    note: `time on a processor: ${(1e6 / eachUs).toFixed(0)}/s, with parsing and digest; without it a check-in takes so much less; ${loadNote()}`,
  };
}
