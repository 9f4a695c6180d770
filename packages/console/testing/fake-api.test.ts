import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ClientStateList,
  AffectedEndpointList,
  AllGrants,
  ApiTokenList,
  FourEyes,
  PermissionList,
  OrganisationList,
  PersonList,
  RoleList,
  BlackoutCalendarList,
  BlockList,
  ChannelList,
  ContentStatus,
  EndpointAsset,
  EndpointDetail,
  EndpointHistory,
  EndpointList,
  EndpointPackages,
  EndpointPolicy,
  EndpointUpdates,
  EndpointVulnerabilityList,
  EvidenceCheckpoints,
  EvidenceExportList,
  EvidenceList,
  ExceptionList,
  Explanation,
  FailureSharing,
  FeedList,
  FindingList,
  FleetGapList,
  FleetUpdateList,
  FreezeList,
  NextPatches,
  Overview,
  PolicyDetail,
  PolicyList,
  PolicyTemplateList,
  RelayList,
  RepositoryDetail,
  RepositoryList,
  RepositoryProposalList,
  RiskSeries,
  RolloutDetail,
  RolloutList,
  RolloutMemberList,
  RolloutPlanList,
  RunDetail,
  RunEvidence,
  RunList,
  Savings,
  Session,
  SnapshotDetail,
  SnapshotDifference,
  SimulationJob,
  SnapshotList,
  EnrolmentRules,
  EnrolmentTokenList,
  EndpointIdentity,
  WaitingEndpointList,
  VulnerabilityDetail,
  VulnerabilityList,
  WhyNotPatched,
  WindowCalendar,
} from '@thimble/protocol';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { FAKE_LINK, startFakeApi, type FakeApi } from './fake-api.ts';

let api: FakeApi;
let cookie = '';

beforeAll(async () => {
  api = await startFakeApi({ endpointCount: 300 });
  const reply = await fetch(`${api.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ link: FAKE_LINK }) });
  cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(() => api.close());

const fetchJson = async (path: string): Promise<unknown> => {
  const reply = await fetch(`${api.url}/api/v1${path}`, { headers: { cookie } });
  expect(reply.status).toBe(200);
  return reply.json();
};
const idOf = (index: number): string => api.state.fleet[index]?.summary.id ?? '';
const snapshot = (index: number): string =>
  `/content/snapshots/${api.state.content.snapshots[index]?.summary.id ?? ''}`;
const rollout = (index: number): string => `/rollouts/${api.state.patching.rollouts[index]?.detail.summary.id ?? ''}`;
const repository = (index: number): string =>
  `/content/repositories/${api.state.content.repositories[index]?.summary.id ?? ''}`;

test.each<[string, TSchema, () => string]>([
  ['session', Session, () => '/session'],
  ['overview', Overview, () => '/overview'],
  ['endpoints', EndpointList, () => '/endpoints?limit=200&sort=state'],
  ['one endpoint', EndpointDetail, () => `/endpoints/${idOf(1)}`],
  ['packages', EndpointPackages, () => `/endpoints/${idOf(0)}/packages`],
  ['pending updates', EndpointUpdates, () => `/endpoints/${idOf(0)}/updates`],
  ['findings', FindingList, () => `/endpoints/${idOf(1)}/findings`],
  ['history', EndpointHistory, () => `/endpoints/${idOf(1)}/history`],
  ['updates of the fleet', FleetUpdateList, () => '/updates?security=true'],
  ['runs', RunList, () => '/runs'],
  ['a run', RunDetail, () => `/runs/${[...api.state.runs.keys()][0] ?? ''}`],
  ['evidence of a run', RunEvidence, () => `/runs/${[...api.state.runs.keys()][0] ?? ''}/evidence`],
  ['evidence', EvidenceList, () => '/evidence?limit=10'],
  ['checkpoints', EvidenceCheckpoints, () => '/evidence/checkpoints'],
  ['collectors of logs', EvidenceExportList, () => '/evidence/exports'],
  ['API tokens', ApiTokenList, () => '/tokens'],
  ['people', PersonList, () => '/people'],
  ['organisations', OrganisationList, () => '/organisations'],
  ['archived organisations', OrganisationList, () => '/organisations/archived'],
  ['clients', ClientStateList, () => '/clients'],
  ['roles', RoleList, () => '/roles'],
  ['grants', AllGrants, () => '/grants'],
  ['permissions', PermissionList, () => '/permissions'],
  ['sharing of failed patches', FailureSharing, () => '/failure-sharing'],
  ['a rollout that waits for failures elsewhere', RolloutDetail, () => rollout(4)],
  ['the four-eyes rule', FourEyes, () => '/four-eyes'],
  ['enrolment tokens', EnrolmentTokenList, () => '/enrolment-tokens'],
  ['rules of enrolment', EnrolmentRules, () => '/enrolment'],
  ['endpoints that wait', WaitingEndpointList, () => '/enrolment/waiting'],
  ['who an endpoint is', EndpointIdentity, () => `/endpoints/${idOf(0)}/identity`],
  ['vulnerabilities', VulnerabilityList, () => '/vulnerabilities?limit=1000&all=true'],
  ['a vulnerability', VulnerabilityDetail, () => '/vulnerabilities/CVE-2024-6387'],
  ['a vulnerability without score', VulnerabilityDetail, () => '/vulnerabilities/CVE-2024-50379'],
  ['endpoints of a vulnerability', AffectedEndpointList, () => '/vulnerabilities/CVE-2024-6387/endpoints'],
  ['vulnerabilities of an endpoint', EndpointVulnerabilityList, () => `/endpoints/${idOf(0)}/vulnerabilities`],
  ['explanation', Explanation, () => '/explain?vulnerability=CVE-2024-6387&package=openssh-server'],
  ['risk', RiskSeries, () => '/risk'],
  ['gaps', FleetGapList, () => '/gaps'],
  ['next patches', NextPatches, () => '/next-patches?limit=10'],
  ['next patches of an endpoint', NextPatches, () => `/next-patches?limit=10&endpointId=${idOf(0)}`],
  ['exceptions', ExceptionList, () => '/exceptions'],
  ['feeds', FeedList, () => '/feeds'],
  ['policies', PolicyList, () => '/policies'],
  ['a policy', PolicyDetail, () => `/policies/${api.state.patching.policies[0]?.summary.id ?? ''}`],
  ['a policy that is inherited', PolicyDetail, () => `/policies/${api.state.patching.policies[2]?.summary.id ?? ''}`],
  ['a policy that clients follow', PolicyDetail, () => `/policies/${api.state.patching.policies[4]?.summary.id ?? ''}`],
  ['templates of policies', PolicyTemplateList, () => '/policies/templates'],
  ['rollouts', RolloutList, () => '/rollouts'],
  ['a rollout under way', RolloutDetail, () => rollout(0)],
  ['a rollout that is halted', RolloutDetail, () => rollout(1)],
  ['a rollout that waits for approval', RolloutDetail, () => rollout(2)],
  ['a rollout that is finished', RolloutDetail, () => rollout(3)],
  ['endpoints of a rollout', RolloutMemberList, () => `${rollout(0)}/members?ring=tenth`],
  ['plans of a rollout', RolloutPlanList, () => `${rollout(0)}/plans`],
  ['why of an endpoint', WhyNotPatched, () => `/endpoints/${idOf(0)}/why`],
  ['policy of an endpoint', EndpointPolicy, () => `/endpoints/${idOf(0)}/policy`],
  ['freezes', FreezeList, () => '/freezes'],
  ['calendars', BlackoutCalendarList, () => '/calendars'],
  ['windows', WindowCalendar, () => '/windows'],
  ['what people said of an endpoint', EndpointAsset, () => `/endpoints/${idOf(0)}/asset`],
  ['state of content', ContentStatus, () => '/content'],
  ['proposals', RepositoryProposalList, () => '/content/proposals'],
  ['repositories', RepositoryList, () => '/content/repositories'],
  ['a repository', RepositoryDetail, () => repository(0)],
  ['a repository with faults', RepositoryDetail, () => repository(1)],
  ['a repository of files', RepositoryDetail, () => repository(8)],
  ['snapshots', SnapshotList, () => '/content/snapshots'],
  ['a snapshot', SnapshotDetail, () => snapshot(0)],
  ['difference of snapshots', SnapshotDifference, () => `${snapshot(0)}/diff?limit=1000`],
  ['difference to nothing', SnapshotDifference, () => `${snapshot(7)}/diff?fleet=true`],
  ['channels', ChannelList, () => '/content/channels'],
  ['blocks', BlockList, () => '/content/blocks'],
  ['relays', RelayList, () => '/content/relays'],
  ['savings by day', Savings, () => '/content/savings?by=time&days=30'],
  ['savings by repository', Savings, () => '/content/savings?by=repository'],
  ['savings by snapshot', Savings, () => '/content/savings?by=snapshot'],
  ['savings by relay', Savings, () => '/content/savings?by=relay'],
  ['savings by site', Savings, () => '/content/savings?by=site'],
])('the fake’s %s holds the schema that the server promises', async (_name, schema, path) => {
  const value = await fetchJson(path());
  expect([...Value.Errors(schema, value)].slice(0, 3)).toEqual([]);
});

test('a simulation of the fake holds the schema, with and without comparison', async () => {
  for (const compareWith of [undefined, 'present' as const]) {
    const { id } = api.state.patching.simulate({ days: 30, ...(compareWith === undefined ? {} : { compareWith }) });
    await expect.poll(() => api.state.patching.simulations.get(id)?.state, { timeout: 20_000 }).toBe('done');
    expect([...Value.Errors(SimulationJob, await fetchJson(`/simulations/${id}`))].slice(0, 3)).toEqual([]);
  }
});

test('content is there in every state that a page shows', () => {
  const { repositories, snapshots, channels, blocks, relays, proposals } = api.state.content;
  expect(new Set(repositories.map(({ summary }) => summary.health))).toEqual(
    new Set(['fresh', 'stale', 'failing', 'never', 'off']),
  );
  expect(repositories.filter(({ summary }) => summary.running !== null)).toHaveLength(1);
  expect(new Set(repositories.flatMap(({ summary }) => summary.fault?.side ?? []))).toEqual(
    new Set(['upstream', 'trust']),
  );
  expect(snapshots).toHaveLength(8);
  expect(snapshots.filter(({ summary }) => summary.retiredAt !== null)).toHaveLength(1);
  expect(channels.map(({ snapshot: at }) => at?.name)).toEqual([
    ...snapshots.slice(1, 4).map(({ summary }) => summary.name),
    undefined,
  ]);
  expect(snapshots.flatMap(({ summary }) => summary.channels)).toEqual(['canary', 'pilot', 'production']);
  expect(blocks.map(({ liftedAt }) => liftedAt !== null)).toEqual([false, false, true]);
  expect(relays.map(({ online, lastSeenAt }) => [online, lastSeenAt !== null])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
  expect(proposals.map(({ problem }) => problem === '')).toEqual([true, true, false, false]);
});

test('following the cursor gives every endpoint once', async () => {
  const seen = new Set<string>();
  let cursor: string | null = '0';
  while (cursor !== null) {
    const list: EndpointList = Value.Parse(EndpointList, await fetchJson(`/endpoints?limit=70&cursor=${cursor}`));
    for (const endpoint of list.items) seen.add(endpoint.id);
    cursor = list.nextCursor;
  }
  expect(seen.size).toBe(300);
});

test('a link signs in once', async () => {
  const again = await fetch(`${api.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ link: FAKE_LINK }) });
  expect(again.status).toBe(401);
});
