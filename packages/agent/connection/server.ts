import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  AGENT_API,
  AgentContentReply,
  CheckInReply,
  EnrolReply,
  LIMITS,
  OrdersReply,
  type CheckInRequest,
  type DocumentKind,
  type EnrolRequest,
  type OrderProgress,
  type Outcome,
  type ProgressRequest,
} from '@thimble/protocol';
import type { Lane } from '@thimble/protocol/signing';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ServerFailure } from './server-failure.ts';
import type { SignedRequests } from './signed-requests.ts';
import type { Reply } from './transport.ts';

/** The server's agent API. Each function throws ServerFailure when the server did not say yes. */
export interface Server {
  enrol(request: EnrolRequest): Promise<EnrolReply>;
  checkIn(request: CheckInRequest, signal?: AbortSignal): Promise<CheckInReply>;
  /** @param text the canonical JSON whose digest is `sha256`. */
  putDocument(kind: DocumentKind, sha256: string, text: string, signal?: AbortSignal): Promise<void>;
  /** @param waitSeconds how long the server may hold the request while there is nothing to say. */
  orders(waitSeconds: number, signal?: AbortSignal): Promise<OrdersReply>;
  progress(orderId: string, events: readonly OrderProgress[]): Promise<void>;
  /** `other-recorded`: the server has another outcome of that order; `unknown-order`: it does not know the order. */
  outcome(outcome: Outcome): Promise<'recorded' | 'other-recorded' | 'unknown-order'>;
  /** A new ticket for content, and where to go with it. */
  content(): Promise<AgentContentReply>;
  readonly clockOffsetMs: number;
}

const DEADLINE_MS = 30_000;
/** A document or an outcome over a slow line. */
const LARGE_DEADLINE_MS = 180_000;
/** The longest says what is new of approvers: 64 sets of 64 people with their keys, of which each endpoint sees few at once. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/** Orders carry transactions: one at its limit, in base64, and the others small. */
const MAX_ORDERS_BYTES = 2 * LIMITS.documentBytes;
/** Smaller bodies are not worth compressing. */
const GZIP_FROM_BYTES = 1024;

const EMPTY = new Uint8Array();
const compress = promisify(gzip);

export function createServer(requests: SignedRequests): Server {
  async function post(target: string, value: unknown, options: SendOptions = {}): Promise<Reply> {
    return requests.send({
      lane: 'main',
      method: options.method ?? 'POST',
      target: `${AGENT_API}${target}`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(value)),
      deadlineMs: options.deadlineMs ?? DEADLINE_MS,
      maxReplyBytes: MAX_REPLY_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  return {
    enrol: async (request) => parse(EnrolReply, await post('/enrol', request)),
    async checkIn(request, signal) {
      const reply = parse(CheckInReply, await post('/check-in', request, signal === undefined ? {} : { signal }));
      requests.observeServerTime(Date.parse(reply.serverTime));
      return reply;
    },
    async putDocument(kind, sha256, text, signal) {
      const plain = Buffer.from(text);
      const small = plain.byteLength < GZIP_FROM_BYTES;
      await requests.send({
        lane: 'main',
        method: 'PUT',
        target: `${AGENT_API}/documents/${kind}/${sha256}`,
        headers: { 'content-type': 'application/json', ...(small ? {} : { 'content-encoding': 'gzip' }) },
        body: small ? plain : await compress(plain),
        deadlineMs: LARGE_DEADLINE_MS,
        maxReplyBytes: MAX_REPLY_BYTES,
        ...(signal === undefined ? {} : { signal }),
      });
    },
    async orders(waitSeconds, signal) {
      const reply = await requests.send({
        lane: 'held' satisfies Lane,
        method: 'GET',
        target: `${AGENT_API}/orders?wait=${waitSeconds}`,
        headers: { accept: 'application/json' },
        body: EMPTY,
        deadlineMs: waitSeconds * 1000 + DEADLINE_MS,
        maxReplyBytes: MAX_ORDERS_BYTES,
        ...(signal === undefined ? {} : { signal }),
      });
      return parse(OrdersReply, reply);
    },
    async progress(orderId, events) {
      await post(`/orders/${orderId}/progress`, { events: [...events] } satisfies ProgressRequest);
    },
    async outcome(outcome) {
      try {
        await post(`/orders/${outcome.orderId}/outcome`, outcome, { method: 'PUT', deadlineMs: LARGE_DEADLINE_MS });
        return 'recorded';
      } catch (error) {
        // Only what is said about the order itself: anything else would lose an outcome.
        const problem = error instanceof ServerFailure ? error.problem : null;
        if (problem?.status === 409 && problem.code !== 'stale-sequence') return 'other-recorded';
        if (problem?.status === 404 && problem.code.includes('order')) return 'unknown-order';
        throw error;
      }
    },
    async content() {
      const reply = await requests.send({
        lane: 'main',
        method: 'POST',
        target: `${AGENT_API}/content`,
        headers: { accept: 'application/json' },
        body: EMPTY,
        deadlineMs: DEADLINE_MS,
        maxReplyBytes: MAX_REPLY_BYTES,
      });
      return parse(AgentContentReply, reply);
    },
    get clockOffsetMs() {
      return requests.clockOffsetMs;
    },
  };
}

interface SendOptions {
  readonly method?: 'POST' | 'PUT';
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

function parse<Schema extends TSchema>(schema: Schema, reply: Reply): Static<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(reply.body.toString('utf8'));
  } catch (cause) {
    throw new ServerFailure('bad-reply', 'the reply is not JSON', { status: reply.status, cause });
  }
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  const where = first === undefined ? '' : `: ${first.instancePath} ${first.message}`;
  throw new ServerFailure('bad-reply', `the reply is not what the protocol says${where}`, { status: reply.status });
}
