import { AGENT_API, LIMITS } from '@thimble/protocol';
import { readSignature, SignatureError, verifyRequest, type SignatureParameters } from '@thimble/protocol/signing';
import type { FastifyRequest } from 'fastify';
import type { KeyObject } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { AgentKeys } from './agent-keys.ts';
import { noteCollision } from './identity/collisions.ts';
import { type Advance, type Heartbeat, Lanes, LanesBusy, type Standing } from './lanes.ts';

/** A request whose signature holds and whose sequence is new. */
export interface AgentRequest {
  readonly endpointId: string;
  readonly organisationId: string;
  readonly heartbeat: Heartbeat;
  readonly keyid: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that `agentRoutes` adds. */
    agent?: AgentRequest;
  }
}

/** What all agent routes of one server share. */
export interface AgentGate {
  readonly keys: AgentKeys;
  readonly lanes: Lanes;
}

const gates = new WeakMap<ServerContext, AgentGate>();

export function agentGate(context: ServerContext): AgentGate {
  let gate = gates.get(context);
  if (gate === undefined) {
    gate = {
      keys: new AgentKeys(context.database.pool),
      lanes: new Lanes(context.database.pool, context.clock),
    };
    gates.set(context, gate);
  }
  return gate;
}

/** Beyond a held request's end, so that `connected` does not flicker while the endpoint asks again. */
const HELD_GRACE_MS = 10_000;
/** The body of a request without a document or outcome. */
export const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Whose requests a route takes: of endpoints that are let in; of all `known` ones, also of those that wait or are in
 * quarantine; or of `anybody`, and then the route verifies them itself.
 */
export type Callers = 'admitted' | 'known' | 'anybody';

/** Adds routes below /api/v1/agent: bodies stay bytes (they are signed), and each request is verified first. */
export async function agentRoutes(
  app: App,
  context: ServerContext,
  define: (scope: App, gate: AgentGate) => void,
  callers: Callers = 'admitted',
): Promise<void> {
  const gate = agentGate(context);
  await app.register(
    async (plain) => {
      const scope = plain as App;
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      // Bodies are checked by their routes, after the signature and after they were inflated.
      scope.setValidatorCompiler(({ httpPart, schema }) => {
        if (httpPart === 'body') return () => true;
        return app.validatorCompiler === undefined ? () => true : app.validatorCompiler({ httpPart, schema } as never);
      });
      if (callers !== 'anybody')
        scope.addHook('preHandler', async (request) => {
          const agent = await accept(request, context, gate);
          if (callers === 'admitted') assertAdmitted(agent.heartbeat.standing);
          request.agent = agent;
          request.principal = {
            kind: 'agent',
            id: agent.endpointId,
            organisationId: agent.organisationId,
            name: agent.endpointId,
            personId: null,
            permissions: new Map(),
            expiresAt: null,
          };
        });
      define(scope, gate);
    },
    { prefix: AGENT_API },
  );
}

/** The verified sender. @throws Error when the route was not added by `agentRoutes`: our bug. */
export function agentOf(request: FastifyRequest): AgentRequest {
  if (request.agent === undefined) throw new Error(`${request.url} is not an agent route`);
  return request.agent;
}

export function bodyBytes(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

async function accept(request: FastifyRequest, context: ServerContext, gate: AgentGate): Promise<AgentRequest> {
  const claimed = readClaim(request, context);
  const heldUntil = claimed.lane === 'held' ? heldUntilOf(request, context) : null;
  // Twice at most: a key that was remembered for an endpoint that is gone may have enrolled anew.
  for (const remembered of [true, false]) {
    if (!remembered) gate.keys.forget(claimed.keyid);
    const identity = await gate.keys.find(claimed.keyid);
    if (identity === undefined) throw unknownKey();
    if (identity === 'removed') throw removed();
    if (identity === 'replaced') throw replaced();
    assertSigned(request, claimed, identity.key, context);
    const { endpointId, organisationId, keyNumber } = identity;
    const advance = await advanceLane(gate, endpointId, claimed, heldUntil);
    if (advance.kind === 'stale') {
      await noteCollision(context, identity, claimed.sequence);
      throw stale(advance.lastSequence);
    }
    if (advance.kind === 'accepted' && advance.heartbeat.keyNumber === keyNumber)
      return { endpointId, organisationId, heartbeat: advance.heartbeat, keyid: claimed.keyid };
  }
  throw removed();
}

/** @throws HttpProblem 403 */
function assertAdmitted(standing: Standing): void {
  switch (standing) {
    case 'admitted':
      return;
    case 'waiting':
      throw new HttpProblem(403, 'endpoint-waiting', { detail: 'A person has to let this endpoint in first.' });
    case 'quarantined':
      throw new HttpProblem(403, 'endpoint-quarantined', { detail: 'This endpoint is in quarantine.' });
    default:
      standing satisfies never;
  }
}

export function unknownKey(): HttpProblem {
  return new HttpProblem(401, 'unknown-endpoint', {
    detail: 'No endpoint has this key.',
    hint: 'Enrol it: thimble agent enroll --server URL --token TOKEN --ca-fingerprint FINGERPRINT',
  });
}

/** What a copy of a machine hears after the other one has made itself a new key. */
function replaced(): HttpProblem {
  return new HttpProblem(401, 'key-replaced', {
    detail: 'The endpoint of this key has a newer one.',
    hint: 'If this machine is a copy of another one, enrol it anew: thimble agent enroll --force',
  });
}

export function advanceLane(
  gate: AgentGate,
  endpointId: string,
  { lane, sequence }: SignatureParameters,
  heldUntil: Date | null,
): Promise<Advance> {
  try {
    return gate.lanes.advance(endpointId, lane, sequence, heldUntil);
  } catch (error) {
    if (error instanceof LanesBusy)
      throw new HttpProblem(503, 'busy', { detail: error.message, headers: { 'retry-after': '5' }, cause: error });
    throw error;
  }
}

export function stale(lastSequence: number): HttpProblem {
  return new HttpProblem(409, 'stale-sequence', {
    detail: `This request is not newer than sequence ${lastSequence}, the newest of its lane.`,
    extra: { lastSequence },
  });
}

export function removed(): HttpProblem {
  return new HttpProblem(410, 'endpoint-removed', {
    detail: 'This endpoint was removed from the server.',
    hint: 'Enrol it again, or uninstall the agent.',
  });
}

function heldUntilOf(request: FastifyRequest, context: ServerContext): Date {
  const wait = Number((request.query as { wait?: unknown }).wait ?? 0);
  const waitMs = Math.min(Number.isFinite(wait) && wait > 0 ? wait : 0, LIMITS.heldRequestSeconds) * 1000;
  return new Date(context.clock().getTime() + (waitMs === 0 ? 0 : waitMs + HELD_GRACE_MS));
}

/** @throws HttpProblem 401 */
export function readClaim(request: FastifyRequest, context: ServerContext): ReturnType<typeof readSignature> {
  try {
    return readSignature(request.headers);
  } catch (error) {
    throw unsigned(error, context);
  }
}

/** @throws HttpProblem 401 */
export function assertSigned(
  request: FastifyRequest,
  claimed: ReturnType<typeof readSignature>,
  key: KeyObject,
  context: ServerContext,
): void {
  const toVerify = { method: request.method, target: request.raw.url ?? '', body: bodyBytes(request) };
  try {
    verifyRequest(toVerify, claimed, key, context.clock().getTime() / 1000, LIMITS.clockSkewSeconds);
  } catch (error) {
    throw unsigned(error, context);
  }
  if (!Number.isSafeInteger(claimed.sequence))
    throw new HttpProblem(401, 'signature-malformed', { detail: 'The sequence is too large.' });
}

function unsigned(error: unknown, context: ServerContext): unknown {
  if (!(error instanceof SignatureError)) return error;
  return new HttpProblem(401, error.code, {
    detail: error.message,
    cause: error,
    ...(error.code === 'clock-skew'
      ? { extra: { serverTime: context.clock().toISOString() }, hint: 'Set the endpoint’s clock (NTP).' }
      : {}),
  });
}
