import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readSessionCookie } from '../../access/cookie.ts';
import type { Clock } from '../../context.ts';
import type { Settings } from '../../settings/index.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { type Buckets, createBuckets } from './buckets.ts';

export interface RequestLimitsContext {
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'requestsPerMinute' | 'addressRequestsPerMinute' | 'agentRequestsPerMinute'>;
}

/** Live events of some windows, held requests and downloads; browsers open six connections to a host. */
const OPEN_LIMIT = 64;

/**
 * Holds back who asks too much, before anything is looked up for them: by address, and by credential, whether it is good or not.
 * Agents share addresses and can't be told apart before their signature was verified, so each is counted after that. Register
 * before what recognises people.
 */
export function registerRequestLimits(app: App, { clock, settings }: RequestLimitsContext): void {
  const addresses = createBuckets({ perMinute: settings.addressRequestsPerMinute, clock });
  const credentials = createBuckets({ perMinute: settings.requestsPerMinute, clock });
  const agents = createBuckets({ perMinute: settings.agentRequestsPerMinute, clock });
  const open = new Map<string, number>();
  app.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    // Content is asked for by the thousand, and has limits of its own (see content/serving).
    if (access === 'agent' || access === 'content' || access === 'relay') return;
    // The Unix socket: whoever can open it is the operator of this machine.
    if (request.socket.remoteAddress === undefined) return;
    take(addresses, request.ip);
    const credential = credentialOf(request);
    if (credential === undefined) return;
    take(credentials, credential);
    countOpen(open, credential, reply);
  });
  app.addHook('onRoute', (options) => {
    if (options.config?.access !== 'agent') return;
    options.preHandler = [
      ...[options.preHandler ?? []].flat(),
      async ({ principal }: FastifyRequest, reply: FastifyReply) => {
        if (principal === undefined) return;
        take(agents, principal.id);
        countOpen(open, principal.id, reply);
      },
    ];
  });
}

/** @throws HttpProblem 429 `too-many-requests` */
function take(buckets: Buckets, key: string): void {
  const answer = buckets(key);
  if (answer.kind === 'go-on') return;
  throw new HttpProblem(429, 'too-many-requests', {
    detail: `This is too much at once. Ask again in ${answer.seconds} s.`,
    headers: { 'retry-after': String(answer.seconds) },
  });
}

/** Until the answer has been sent or the connection is gone. @throws HttpProblem 429 `too-many-open` */
function countOpen(open: Map<string, number>, key: string, { raw }: FastifyReply): void {
  const count = open.get(key) ?? 0;
  if (count >= OPEN_LIMIT)
    throw new HttpProblem(429, 'too-many-open', {
      detail: `${OPEN_LIMIT} requests are open at the same time already; end one of them first.`,
      headers: { 'retry-after': '1' },
    });
  open.set(key, count + 1);
  raw.once('close', () => {
    const left = (open.get(key) ?? 1) - 1;
    if (left === 0) open.delete(key);
    else open.set(key, left);
  });
}

/** A digest: credentials themselves have no place in a map that lives as long as the server. */
function credentialOf(request: FastifyRequest): string | undefined {
  // The word alone: how the rest is written must not make another of it.
  const credential = request.headers.authorization?.split(' ').at(-1) ?? readSessionCookie(request);
  return credential === undefined ? undefined : createHash('sha256').update(credential).digest('base64url');
}
