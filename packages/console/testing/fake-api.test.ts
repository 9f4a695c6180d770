import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AffectedEndpointList,
  EndpointDetail,
  EndpointHistory,
  EndpointList,
  EndpointPackages,
  EndpointUpdates,
  EndpointVulnerabilityList,
  EvidenceList,
  ExceptionList,
  Explanation,
  FeedList,
  FindingList,
  FleetGapList,
  FleetUpdateList,
  NextPatches,
  Overview,
  RiskSeries,
  RunDetail,
  RunEvidence,
  RunList,
  Session,
  TokenList,
  VulnerabilityDetail,
  VulnerabilityList,
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
  ['tokens', TokenList, () => '/enrolment-tokens'],
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
])('the fake’s %s holds the schema that the server promises', async (_name, schema, path) => {
  const value = await fetchJson(path());
  expect([...Value.Errors(schema, value)].slice(0, 3)).toEqual([]);
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
