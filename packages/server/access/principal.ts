import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { Authority } from './permissions/authority.ts';

/** On whose behalf a request acts. */
export interface Principal {
  /** `person` by a session, `token` by an API token, `local` over the Unix socket, `agent` by a signed request. */
  readonly kind: 'person' | 'token' | 'local' | 'agent';
  /** Of the person, token or endpoint; 'local' for the Unix socket. */
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  /** Who answers for it: the person, also behind a token. null: whoever opened the server's own socket, or an endpoint. */
  readonly personId: string | null;
  /** What it may do in that organisation, and where; nothing for agents, whose routes take nothing but agents. */
  readonly permissions: Authority;
  /** When the credential ends; null: it does not. */
  readonly expiresAt: Date | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined: nobody has been recognised. Agent requests get theirs from the stage that checks signatures. */
    principal: Principal | undefined;
  }
}

/** The operator that an `access: 'operator'` route was called by. */
export function operatorOf(request: FastifyRequest): Principal {
  const { principal } = request;
  if (principal === undefined || principal.kind === 'agent') throw notSignedIn();
  return principal;
}

/** The endpoint that an `access: 'agent'` route was called by. */
export function agentOf(request: FastifyRequest): Principal {
  const { principal } = request;
  if (principal?.kind !== 'agent')
    throw new HttpProblem(401, 'not-signed', { detail: 'This is for signed agent requests.' });
  return principal;
}

export function notSignedIn(): HttpProblem {
  return new HttpProblem(401, 'not-signed-in', {
    detail: 'Sign in first, or give an API token.',
    hint: 'Open the sign-in link that the server printed at its start, or run: thimble sign-in-link',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
