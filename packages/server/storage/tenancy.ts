import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose rows a piece of work sees. `system`: everybody's. `nobody`: none, as who asks is not known yet. */
export type Sight =
  | { readonly kind: 'system' }
  | { readonly kind: 'organisation'; readonly organisationId: string }
  | { readonly kind: 'nobody' };

export const SYSTEM: Sight = { kind: 'system' };
export const NOBODY: Sight = { kind: 'nobody' };

/** Of one request: it begins as nobody's, and narrows to an organisation when its sender has been recognised. */
export interface Tenancy {
  sight: Sight;
}

const present = new AsyncLocalStorage<Tenancy>();

/** Undefined: nobody said so. */
export function presentSight(): Sight | undefined {
  return present.getStore()?.sight;
}

/** Everything that `act` begins, however late it goes on, sees what `tenancy` says at that time. */
export function within<T>(tenancy: Tenancy, act: () => T): T {
  return present.run(tenancy, act);
}

/**
 * For work that serves all organisations: loops, caches that requests share, batches of several requests, and finding
 * out who somebody is. Needed wherever a request begins such work, as it would see that request's organisation alone.
 */
export function asSystem<T>(act: () => T): T {
  return present.run({ sight: SYSTEM }, act);
}

export function asOrganisation<T>(organisationId: string, act: () => T): T {
  return present.run({ sight: { kind: 'organisation', organisationId } }, act);
}

export function asNobody<T>(act: () => T): T {
  return present.run({ sight: NOBODY }, act);
}
