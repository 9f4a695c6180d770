import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import { API, PROBLEM_TYPE, Problem } from '@thimble/protocol';
import type { App, RouteAccess } from './app.ts';

/** What every route may answer besides; only for the description, as errors are not checked against a schema. */
const PROBLEM_REPLY = { description: 'An error (RFC 9457)', content: { [PROBLEM_TYPE]: { schema: Problem } } };

/** OpenAPI 3.1 from the routes' schemas, and a page to browse it. Registered before the routes that it shall see. */
export async function registerOpenApi(app: App, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Thimble',
        version,
        description: 'Security patch management. Errors are problem details (RFC 9457) with a literal `code`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
          content: { type: 'http', scheme: 'basic', description: 'A ticket or a token as the password of any user.' },
          relay: { type: 'http', scheme: 'bearer', description: 'The token of a relay.' },
          signature: {
            type: 'apiKey',
            in: 'header',
            name: 'signature',
            description: 'HTTP message signature of an endpoint (RFC 9421).',
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === undefined ? [] : SECURITY[access];
      const [, tag] = /^\/api\/v1\/([a-z-]+)/.exec(url) ?? [];
      const response = { ...asObject(schema?.response), default: PROBLEM_REPLY };
      return { url, schema: { ...schema, response, security, ...(tag === undefined ? {} : { tags: [tag] }) } };
    },
  });
  app.get(`${API}/openapi.json`, { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger());
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public', quiet: true };
    });
    await scope.register(fastifySwaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { deepLinking: true, docExpansion: 'none' },
    });
  });
}

/** Which credential each kind of route takes. */
const SECURITY: Readonly<Record<RouteAccess, readonly Record<string, readonly string[]>[]>> = {
  operator: [{ token: [] }],
  agent: [{ signature: [] }],
  content: [{ content: [] }, { token: [] }],
  relay: [{ relay: [] }],
  public: [],
};

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
