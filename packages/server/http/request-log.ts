import type { FastifyBaseLogger } from 'fastify';
import { Histogram, type Registry } from 'prom-client';
import type { App } from './app.ts';

/** Counts and logs requests when they are answered. A check-in leaves no line: thousands a second would drown the rest. */
export function registerRequestLog(app: App, metrics: Registry): void {
  const duration = new Histogram({
    name: 'thimble_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its reply.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [metrics],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const status = reply.statusCode;
    duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    const level = status >= 500 ? 'error' : status >= 400 ? 'info' : 'debug';
    const quiet = request.routeOptions.config.quiet === true || request.method === 'GET';
    request.log[level === 'debug' && !quiet ? 'info' : level](
      { method: request.method, route, status, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}

/** What no route ever sees: a request that is none, as those are that two programs in a row would read differently. */
export function logRefused(log: FastifyBaseLogger): (code: string, status: number) => void {
  return (code, status) => log.info({ status, code }, 'what came was no request');
}
