import type { App } from '../http/app.ts';
import { NOBODY, SYSTEM, type Tenancy, within } from '../storage/index.ts';
import type { Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose rows the database shows to this request. */
    readonly tenancy: Tenancy;
  }
}

/**
 * Holds each request to the rows of its sender's organisation. Requests of operators and agents see nothing until somebody
 * has been recognised: whoever sets `principal` also says whose rows are meant. What is open to everybody, content and
 * relays is the server's own work: these routes find out by a secret whose matter it is, and caches of theirs are shared.
 */
export function registerTenancy(app: App): void {
  const tenancies = new WeakMap<object, Tenancy>();
  const principals = new WeakMap<object, Principal>();
  app.decorateRequest('tenancy', {
    getter(): Tenancy {
      return tenancies.get(this) ?? { sight: NOBODY };
    },
  });
  app.decorateRequest('principal', {
    getter(): Principal | undefined {
      return principals.get(this);
    },
    setter(principal: Principal | undefined): void {
      if (principal === undefined) return;
      principals.set(this, principal);
      const tenancy = tenancies.get(this);
      if (tenancy !== undefined && tenancy.sight !== SYSTEM)
        tenancy.sight = { kind: 'organisation', organisationId: principal.organisationId };
    },
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { access } = request.routeOptions.config;
    const isNarrow = request.is404 || access === 'operator' || access === 'agent';
    const tenancy = { sight: isNarrow ? NOBODY : SYSTEM };
    tenancies.set(request, tenancy);
    within(tenancy, done);
  });
  // What follows the body is called by the connection that read it, which knows nothing of the request.
  app.addHook('preValidation', (request, _reply, done) => within(request.tenancy, done));
}
