import type { EndpointListQuery } from '@thimble/protocol';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { isEndpointState } from '../states/endpoint-states.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { NotFound, PageFailed, PageLoading } from './page-states.tsx';

type Search = Record<string, unknown>;
/** What an address may hold after its `?`: anything in it may be missing, and links need not name all. */
type Parameters<T> = { [K in keyof T]?: T[K] | undefined };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const oneOf = <T extends string>(value: unknown, options: readonly T[]): T | undefined =>
  options.find((option) => option === value);

const ENDPOINT_SORTS = ['hostname', 'state', 'securityUpdateCount', 'updateCount', 'lastSeenAt', 'os'] as const;

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const frame = createRoute({ getParentRoute: () => rootRoute, id: 'frame', component: ConsoleFrame });

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../sign-in/sign-in-page.tsx'), 'SignInPage'),
});
const overview = createRoute({
  getParentRoute: () => frame,
  path: '/',
  component: lazyRouteComponent(() => import('../overview/overview-page.tsx'), 'OverviewPage'),
});
const endpoints = createRoute({
  getParentRoute: () => frame,
  path: '/endpoints',
  validateSearch: (search: Search): Parameters<EndpointListQuery> => ({
    search: text(search['search']),
    state: isEndpointState(search['state']) ? search['state'] : undefined,
    update: text(search['update']),
    sort: oneOf(search['sort'], ENDPOINT_SORTS),
    direction: oneOf(search['direction'], ['asc', 'desc']),
  }),
  component: lazyRouteComponent(() => import('../endpoints/endpoints-page.tsx'), 'EndpointsPage'),
});
export const ENDPOINT_TABS = ['summary', 'updates', 'packages', 'findings', 'history'] as const;
const endpoint = createRoute({
  getParentRoute: () => frame,
  path: '/endpoints/$endpointId',
  validateSearch: (search: Search): Parameters<{ tab: (typeof ENDPOINT_TABS)[number] }> => ({
    tab: oneOf(search['tab'], ENDPOINT_TABS),
  }),
  component: lazyRouteComponent(() => import('../endpoints/endpoint-page.tsx'), 'EndpointPage'),
});
const updates = createRoute({
  getParentRoute: () => frame,
  path: '/updates',
  validateSearch: (search: Search): Parameters<{ search: string; security: boolean }> => ({
    search: text(search['search']),
    security: search['security'] === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import('../updates/updates-page.tsx'), 'UpdatesPage'),
});
const runs = createRoute({
  getParentRoute: () => frame,
  path: '/runs',
  component: lazyRouteComponent(() => import('../runs/runs-page.tsx'), 'RunsPage'),
});
const run = createRoute({
  getParentRoute: () => frame,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('../runs/run-page.tsx'), 'RunPage'),
});
const evidence = createRoute({
  getParentRoute: () => frame,
  path: '/evidence',
  validateSearch: (search: Search): Parameters<{ runId: string; endpointId: string }> => ({
    runId: text(search['runId']),
    endpointId: text(search['endpointId']),
  }),
  component: lazyRouteComponent(() => import('../evidence/evidence-page.tsx'), 'EvidencePage'),
});
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});

const routeTree = rootRoute.addChildren([
  signIn,
  frame.addChildren([overview, endpoints, endpoint, updates, runs, run, evidence, settings]),
]);

export function createConsoleRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NotFound,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
