import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { type ServerFacts, registerAccessRoutes, registerAuthentication } from './access/index.ts';
import type { ServerContext, Stage } from './context.ts';
import { registerLiveEvents } from './events/index.ts';
import type { App } from './http/app.ts';
import { registerTrustedProxies } from './http/address/trusted-proxies.ts';
import { registerConsole } from './http/console.ts';
import { registerHealth } from './http/health.ts';
import { registerJsonBodies } from './http/limits/json-bodies.ts';
import { registerRequestLimits } from './http/limits/request-limits.ts';
import { registerOpenApi } from './http/openapi.ts';
import { registerProblems, replyToError } from './http/problem.ts';
import { registerRequestLog } from './http/request-log.ts';
import { registerSecurityHeaders } from './http/security-headers.ts';
import { compileValidator } from './http/validation.ts';

export interface BuildOptions extends ServerFacts {
  readonly stages: readonly Stage[];
  /** Folder of the built console. */
  readonly consoleDirectory: string;
}

export interface BuiltServer {
  readonly app: App;
  /** What the listeners call for each request. */
  readonly handler: RequestListener;
}

/** The largest body of a route that does not say otherwise; documents of agents do. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Puts the HTTP application together: platform routes and hooks first, then each stage in a scope of its own. */
export async function buildServer(context: ServerContext, options: BuildOptions): Promise<BuiltServer> {
  let handler: RequestListener | undefined;
  const app: App = Fastify<Server, IncomingMessage, ServerResponse, FastifyBaseLogger>({
    loggerInstance: context.log,
    // Lines of our own, see http/request-log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: context.newId,
    frameworkErrors: (error, request, reply) => {
      void replyToError(error, request, reply);
      // The hook that logs requests does not run for what the framework refuses before there is a route.
      request.log.info({ method: request.method, status: reply.statusCode, code: error.code }, 'request');
    },
    bodyLimit: BODY_LIMIT_BYTES,
    // Ids of vulnerabilities may have 128 characters; what is longer than any id is a 400 and not a 404.
    routerOptions: { maxParamLength: 1024 },
    // Listeners are our own, so that one port can speak TLS and plain HTTP (see http/listener.ts).
    serverFactory: (given) => {
      handler = given as RequestListener;
      return createServer(given as RequestListener);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  registerProblems(app);
  registerSecurityHeaders(app, context.settings.tlsCert !== undefined);
  registerRequestLog(app, context.metrics);
  registerTrustedProxies(app, context.settings.trustedProxies);
  await app.register(fastifyCookie);
  registerRequestLimits(app, context);
  registerJsonBodies(app);
  registerAuthentication(app, context);
  await registerOpenApi(app, options.version);
  registerHealth(app, context);
  registerAccessRoutes(app, context, options);
  registerLiveEvents(app, context);
  for (const stage of options.stages) await app.register(async (scope) => stage.register(scope, context));
  await registerConsole(app, options.consoleDirectory);
  await app.ready();
  if (handler === undefined) throw new Error('Fastify did not give its handler to the server factory');
  return { app, handler };
}
