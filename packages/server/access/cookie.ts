import type { FastifyReply, FastifyRequest } from 'fastify';
import { channelOf } from '../http/channel.ts';

/**
 * Cookies are shared by all ports of a host, and a plain page can't replace a Secure cookie of the same name. So two
 * servers on one machine, and both ways into one server, need names of their own.
 */
function cookieName(request: FastifyRequest): string {
  const port = request.raw.socket.localPort ?? 0;
  return channelOf(request.raw) === 'tls' ? `__Host-thimble-${port}` : `thimble-${port}`;
}

export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request)];
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
  reply.setCookie(cookieName(request), secret, { ...attributes(request), expires });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request), attributes(request));
}

function attributes(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: channelOf(request.raw) === 'tls' } as const;
}
