import { API } from '@thimble/protocol';

/** As ROUTE_PERMISSIONS names a route. Fastify answers HEAD with the route of GET. */
export function routeName(method: string, url: string): string {
  return `${method === 'HEAD' ? 'GET' : method} ${url.startsWith(API) ? url.slice(API.length) : url}`;
}
