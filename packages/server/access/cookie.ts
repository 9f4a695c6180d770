import type { FastifyReply, FastifyRequest } from 'fastify';
import { channelOf } from '../http/channel.ts';

/**
 * Cookies are shared by all ports of a host, and a plain page can't replace a Secure cookie of the same name. So two
 * servers on one machine, and both ways into one server, need names of their own.
 */
function cookieName(request: FastifyRequest, use: '' | '-browser' | '-provider'): string {
  const name = `thimble${use}-${request.raw.socket.localPort ?? 0}`;
  return channelOf(request.raw) === 'tls' ? `__Host-${name}` : name;
}

export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, '')];
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
  reply.setCookie(cookieName(request, ''), secret, { ...attributes(request), expires });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request, ''), attributes(request));
}

/** By which a browser is known in which somebody signed in before. It opens nothing. */
export function readBrowserCookie(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, '-browser')];
}

export function setBrowserCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
  reply.setCookie(cookieName(request, '-browser'), secret, { ...attributes(request), expires });
}

/** Ties an answer of an identity provider to the browser that asked. */
export function readProviderCookie(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, '-provider')];
}

export function setProviderCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
  // Lax: the provider's page sends the browser back here, which is a navigation from another site.
  reply.setCookie(cookieName(request, '-provider'), secret, { ...attributes(request), sameSite: 'lax', expires });
}

export function clearProviderCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request, '-provider'), { ...attributes(request), sameSite: 'lax' });
}

function attributes(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: channelOf(request.raw) === 'tls' } as const;
}
