import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

/**
 * Who may call a route. `operator`: a person, a token or the local command line. `agent`: a signed agent request. `content`: whoever
 * may read content (a ticket, a token); the content handler decides. `relay`: a relay with its own token.
 */
export type RouteAccess = 'operator' | 'agent' | 'content' | 'relay' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required on every route: the server does not start with one that lacks it. */
    access?: RouteAccess;
    /** Log successful requests at debug only: for routes that agents call all day. */
    quiet?: boolean;
  }
}

/** Fastify with TypeBox schemas: request and reply types follow from each route's schema. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;
