import type { FastifyRequest } from 'fastify';

const USER_AGENT_CHARACTERS = 256;

/** From where somebody signs in, as sessions and evidence remember it. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

export function originOf(request: FastifyRequest): Origin {
  const userAgent = request.headers['user-agent'] ?? '';
  // Header bytes are Latin-1 in Node and may hold what no database takes.
  const printable = userAgent.replace(/[^\x20-\x7e]/g, '').slice(0, USER_AGENT_CHARACTERS);
  return { address: request.ip, userAgent: printable };
}
