import type { EndpointListQuery, VulnerabilityListQuery } from '@thimble/protocol';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { baseOf, ORGANISATION_HERE } from '../api/organisation-here.ts';
import { DECISION_ORDER, FIX_STATE_ORDER, SEVERITY_ORDER } from '../states/assess-states.ts';
import { isEndpointState } from '../states/endpoint-states.ts';
import { EXCEPTION_STATE_ORDER, type ExceptionState } from '../states/exception-states.ts';
import { MEMBER_OUTCOME_ORDER, ROLLOUT_STATE_ORDER } from '../states/rollout-states.ts';
import { ConsoleFrame } from './console-frame.tsx';
import { NotFound, PageFailed, PageLoading } from './page-states.tsx';

type Search = Record<string, unknown>;
/** What an address may hold after its `?`: anything in it may be missing, and links need not name all. */
type Parameters<T> = { [K in keyof T]?: T[K] | undefined };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const texts = (value: unknown): string[] | undefined => {
  const list = Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : [];
  return list.length === 0 ? undefined : list;
};
const oneOf = <T extends string>(value: unknown, options: readonly T[]): T | undefined =>
  options.find((option) => option === value);

/** A day as date inputs give it, such as 2026-03-01; whether it exists is for those who read it. */
const day = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;

const ENDPOINT_SORTS = ['hostname', 'state', 'securityUpdateCount', 'updateCount', 'lastSeenAt', 'os'] as const;

const VULNERABILITY_SORTS = ['score', 'id', 'cvss', 'epss', 'endpointCount', 'firstSeenAt'] as const;
const truth = (value: unknown): true | undefined => (value === true ? true : undefined);

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const frame = createRoute({ getParentRoute: () => rootRoute, id: 'frame', component: ConsoleFrame });

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Search): Parameters<{ failed: string; organisation: string }> => ({
    failed: text(search['failed']),
    organisation: text(search['organisation']),
  }),
  component: lazyRouteComponent(() => import('../sign-in/sign-in-page.tsx'), 'SignInPage'),
});
const setUp = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../set-up/set-up-page.tsx'), 'SetUpPage'),
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
    label: texts(search['label']),
    group: text(search['group']),
    site: text(search['site']),
    sort: oneOf(search['sort'], ENDPOINT_SORTS),
    direction: oneOf(search['direction'], ['asc', 'desc']),
  }),
  component: lazyRouteComponent(() => import('../endpoints/endpoints-page.tsx'), 'EndpointsPage'),
});
const enrolment = createRoute({
  getParentRoute: () => frame,
  path: '/enrolment',
  component: lazyRouteComponent(() => import('../enrolment/enrolment-page.tsx'), 'EnrolmentPage'),
});
export const FINDING_VIEWS = ['vulnerabilities', 'next-patches', 'updates'] as const;
export const ENDPOINT_TABS = ['summary', 'updates', 'packages', 'findings', 'history'] as const;
type EndpointSearch = Parameters<{
  tab: (typeof ENDPOINT_TABS)[number];
  /** What of the findings. */
  view: (typeof FINDING_VIEWS)[number];
  asOf: string;
}>;
const endpoint = createRoute({
  getParentRoute: () => frame,
  path: '/endpoints/$endpointId',
  validateSearch: (search: Search): EndpointSearch => ({
    tab: oneOf(search['tab'], ENDPOINT_TABS),
    view: oneOf(search['view'], FINDING_VIEWS),
    asOf: day(search['asOf']),
  }),
  component: lazyRouteComponent(() => import('../endpoints/endpoint-page.tsx'), 'EndpointPage'),
});
const vulnerabilities = createRoute({
  getParentRoute: () => frame,
  path: '/vulnerabilities',
  validateSearch: (search: Search): Parameters<Omit<VulnerabilityListQuery, 'limit' | 'cursor'>> => ({
    search: text(search['search']),
    severity: oneOf(search['severity'], SEVERITY_ORDER),
    decision: oneOf(search['decision'], DECISION_ORDER),
    kev: truth(search['kev']),
    fixState: oneOf(search['fixState'], FIX_STATE_ORDER),
    all: truth(search['all']),
    sort: oneOf(search['sort'], VULNERABILITY_SORTS),
    direction: oneOf(search['direction'], ['asc', 'desc']),
  }),
  component: lazyRouteComponent(() => import('../vulnerabilities/vulnerabilities-page.tsx'), 'VulnerabilitiesPage'),
});
const vulnerability = createRoute({
  getParentRoute: () => frame,
  path: '/vulnerabilities/$vulnerabilityId',
  component: lazyRouteComponent(() => import('../vulnerability/vulnerability-page.tsx'), 'VulnerabilityPage'),
});
const nextPatches = createRoute({
  getParentRoute: () => frame,
  path: '/next-patches',
  component: lazyRouteComponent(() => import('../next-patches/next-patches-page.tsx'), 'NextPatchesPage'),
});
const exceptions = createRoute({
  getParentRoute: () => frame,
  path: '/exceptions',
  validateSearch: (search: Search): Parameters<{ search: string; state: ExceptionState }> => ({
    search: text(search['search']),
    state: oneOf(search['state'], EXCEPTION_STATE_ORDER),
  }),
  component: lazyRouteComponent(() => import('../exceptions/exceptions-page.tsx'), 'ExceptionsPage'),
});
const gaps = createRoute({
  getParentRoute: () => frame,
  path: '/gaps',
  component: lazyRouteComponent(() => import('../gaps/gaps-page.tsx'), 'GapsPage'),
});
const FEED_FILTERS = ['needed', 'trouble'] as const;
const feeds = createRoute({
  getParentRoute: () => frame,
  path: '/feeds',
  validateSearch: (search: Search): Parameters<{ search: string; show: (typeof FEED_FILTERS)[number] }> => ({
    search: text(search['search']),
    show: oneOf(search['show'], FEED_FILTERS),
  }),
  component: lazyRouteComponent(() => import('../feeds/feeds-page.tsx'), 'FeedsPage'),
});
const repositories = createRoute({
  getParentRoute: () => frame,
  path: '/repositories',
  validateSearch: (search: Search): Parameters<{ search: string; show: 'trouble' }> => ({
    search: text(search['search']),
    show: oneOf(search['show'], ['trouble']),
  }),
  component: lazyRouteComponent(() => import('../repositories/repositories-page.tsx'), 'RepositoriesPage'),
});
const snapshots = createRoute({
  getParentRoute: () => frame,
  path: '/snapshots',
  component: lazyRouteComponent(() => import('../snapshots/snapshots-page.tsx'), 'SnapshotsPage'),
});
const snapshot = createRoute({
  getParentRoute: () => frame,
  path: '/snapshots/$snapshotId',
  validateSearch: (search: Search): Parameters<{ from: string; search: string; every: true }> => ({
    from: text(search['from']),
    search: text(search['search']),
    every: truth(search['every']),
  }),
  component: lazyRouteComponent(() => import('../snapshots/snapshot-page.tsx'), 'SnapshotPage'),
});
const blocks = createRoute({
  getParentRoute: () => frame,
  path: '/blocks',
  validateSearch: (search: Search): Parameters<{ all: true }> => ({ all: truth(search['all']) }),
  component: lazyRouteComponent(() => import('../blocks/blocks-page.tsx'), 'BlocksPage'),
});
const content = createRoute({
  getParentRoute: () => frame,
  path: '/content-store',
  component: lazyRouteComponent(() => import('../content-store/content-page.tsx'), 'ContentPage'),
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
export const POLICY_TABS = ['overview', 'edit', 'versions', 'preview'] as const;
const policies = createRoute({
  getParentRoute: () => frame,
  path: '/policies',
  validateSearch: (search: Search): Parameters<{ search: string }> => ({ search: text(search['search']) }),
  component: lazyRouteComponent(() => import('../policies/policies-page.tsx'), 'PoliciesPage'),
});
const newPolicy = createRoute({
  getParentRoute: () => frame,
  path: '/policies/new',
  validateSearch: (search: Search): Parameters<{ template: string }> => ({ template: text(search['template']) }),
  component: lazyRouteComponent(() => import('../policies/new-policy-page.tsx'), 'NewPolicyPage'),
});
const policy = createRoute({
  getParentRoute: () => frame,
  path: '/policies/$policyId',
  validateSearch: (search: Search): Parameters<{ tab: (typeof POLICY_TABS)[number] }> => ({
    tab: oneOf(search['tab'], POLICY_TABS),
  }),
  component: lazyRouteComponent(() => import('../policies/policy-page.tsx'), 'PolicyPage'),
});
const rollouts = createRoute({
  getParentRoute: () => frame,
  path: '/rollouts',
  validateSearch: (search: Search): Parameters<{ search: string; state: (typeof ROLLOUT_STATE_ORDER)[number] }> => ({
    search: text(search['search']),
    state: oneOf(search['state'], ROLLOUT_STATE_ORDER),
  }),
  component: lazyRouteComponent(() => import('../rollouts/rollouts-page.tsx'), 'RolloutsPage'),
});
const rollout = createRoute({
  getParentRoute: () => frame,
  path: '/rollouts/$rolloutId',
  validateSearch: (
    search: Search,
  ): Parameters<{ search: string; ring: string; outcome: (typeof MEMBER_OUTCOME_ORDER)[number] }> => ({
    search: text(search['search']),
    ring: text(search['ring']),
    outcome: oneOf(search['outcome'], MEMBER_OUTCOME_ORDER),
  }),
  component: lazyRouteComponent(() => import('../rollouts/rollout-page.tsx'), 'RolloutPage'),
});
const windows = createRoute({
  getParentRoute: () => frame,
  path: '/windows',
  validateSearch: (search: Search): Parameters<{ from: string; policy: string }> => ({
    from: day(search['from']),
    policy: text(search['policy']),
  }),
  component: lazyRouteComponent(() => import('../windows/windows-page.tsx'), 'WindowsPage'),
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
const approvals = createRoute({
  getParentRoute: () => frame,
  path: '/approvals',
  component: lazyRouteComponent(() => import('../approvals/approvals-page.tsx'), 'ApprovalsPage'),
});
const approval = createRoute({
  getParentRoute: () => frame,
  path: '/approvals/$approvalId',
  component: lazyRouteComponent(() => import('../approvals/approval-page.tsx'), 'ApprovalPage'),
});
export const EVIDENCE_TABS = ['records', 'checkpoints', 'collectors'] as const;
const evidence = createRoute({
  getParentRoute: () => frame,
  path: '/evidence',
  validateSearch: (
    search: Search,
  ): Parameters<{ runId: string; endpointId: string; tab: (typeof EVIDENCE_TABS)[number] }> => ({
    runId: text(search['runId']),
    endpointId: text(search['endpointId']),
    tab: oneOf(search['tab'], EVIDENCE_TABS),
  }),
  component: lazyRouteComponent(() => import('../evidence/evidence-page.tsx'), 'EvidencePage'),
});
const people = createRoute({
  getParentRoute: () => frame,
  path: '/people',
  component: lazyRouteComponent(() => import('../people/people-page.tsx'), 'PeoplePage'),
});
const clients = createRoute({
  getParentRoute: () => frame,
  path: '/clients',
  validateSearch: (search: Search): Parameters<{ search: string; show: 'attention' }> => ({
    search: text(search['search']),
    show: oneOf(search['show'], ['attention']),
  }),
  component: lazyRouteComponent(() => import('../clients/clients-page.tsx'), 'ClientsPage'),
});
const organisations = createRoute({
  getParentRoute: () => frame,
  path: '/organisations',
  component: lazyRouteComponent(() => import('../organisations/organisations-page.tsx'), 'OrganisationsPage'),
});
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});
const account = createRoute({
  getParentRoute: () => frame,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
});
const signInSettings = createRoute({
  getParentRoute: () => frame,
  path: '/sign-in-settings',
  component: lazyRouteComponent(() => import('../sign-in-settings/sign-in-settings-page.tsx'), 'SignInSettingsPage'),
});

const routeTree = rootRoute.addChildren([
  signIn,
  setUp,
  frame.addChildren([
    overview,
    endpoints,
    endpoint,
    enrolment,
    vulnerabilities,
    vulnerability,
    nextPatches,
    exceptions,
    gaps,
    feeds,
    repositories,
    snapshots,
    snapshot,
    blocks,
    content,
    updates,
    policies,
    newPolicy,
    policy,
    rollouts,
    rollout,
    windows,
    runs,
    run,
    approvals,
    approval,
    evidence,
    people,
    clients,
    organisations,
    settings,
    account,
    signInSettings,
  ]),
]);

export function createConsoleRouter() {
  return createRouter({
    routeTree,
    basepath: baseOf(ORGANISATION_HERE),
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
