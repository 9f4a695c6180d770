import type { EndpointList, FindingList, RunList } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestFleet, settle, startTestFleet } from '../../testing/test-fleet.ts';
import { type TestCaller, personWith } from '../testing/person-with.ts';

let fleet: TestFleet;
let web: FakeAgent;
let mail: FakeAgent;
/** Operates the web servers and sees nothing else. */
let keeper: TestCaller;

beforeAll(async () => {
  fleet = await startTestFleet();
  web = await fleet.agent('web-1');
  mail = await fleet.agent('mail-1');
  for (const [agent, role] of [
    [web, 'web'],
    [mail, 'mail'],
  ] as const)
    expect((await fleet.call('POST', '/endpoints/labels', { endpoints: [agent.id], set: { role } })).status).toBe(200);
  keeper = await personWith(fleet, [{ roleId: 'operator', labels: { role: 'web' } }]);
});
afterAll(() => fleet.stop());

test('lists have what is within reach, and their totals too', async () => {
  const endpoints = (await keeper.call('GET', '/endpoints')).json as unknown as EndpointList;
  expect([endpoints.total, ...endpoints.items.map(({ hostname }) => hostname)]).toEqual([1, 'web-1']);
  const findings = (await keeper.call('GET', '/findings')).json as unknown as FindingList;
  expect(new Set(findings.items.map(({ endpointId }) => endpointId))).toEqual(new Set([web.id]));
});

test('an endpoint beyond reach is not there, in any of its routes', async () => {
  for (const part of ['', '/packages', '/updates', '/asset', '/findings', '/vulnerabilities', '/policy', '/why']) {
    expect((await keeper.call('GET', `/endpoints/${web.id}${part}`)).status, part).toBe(200);
    expect((await keeper.call('GET', `/endpoints/${mail.id}${part}`)).status, part).toBe(404);
  }
  expect((await keeper.call('POST', `/endpoints/${mail.id}/scan`)).status).toBe(404);
  expect((await keeper.call('GET', '/exceptions')).json).toMatchObject({ code: 'whole-organisation-only' });
});

test('nobody labels an endpoint into their own reach', async () => {
  expect(await keeper.call('POST', '/endpoints/labels', { endpoints: [mail.id], set: { role: 'web' } })).toMatchObject({
    status: 403,
  });
  expect(await keeper.call('PUT', `/endpoints/${mail.id}/asset`, { labels: { role: 'web' } })).toMatchObject({
    status: 403,
  });
});

test('a run is made of endpoints within reach, and one with others is not there', async () => {
  const selection = { kind: 'security' };
  expect((await keeper.call('POST', '/runs', { endpoints: [web.id, mail.id], selection })).status).toBe(404);
  const own = await keeper.call('POST', '/runs', { endpoints: 'all', selection });
  expect(own.json).toMatchObject({ summary: { targetCount: 1 } });
  const mixed = await fleet.call('POST', '/runs', { endpoints: 'all', selection });
  const { id } = mixed.json['summary'] as { id: string };
  expect((await keeper.call('GET', `/runs/${id}`)).status).toBe(404);
  expect((await keeper.call('POST', `/runs/${id}/cancel`, {})).status).toBe(404);
  const runs = (await keeper.call('GET', '/runs')).json as unknown as RunList;
  expect([runs.total, runs.items.length]).toEqual([1, 1]);
});

test('live events tell of what is within reach, and end when somebody’s rights change', async () => {
  const reply = await fetch(`${fleet.url}/api/v1/events`, { headers: { cookie: keeper.cookie } });
  let heard = '';
  let over = false;
  const listening = (async () => {
    for await (const chunk of reply.body ?? []) heard += Buffer.from(chunk).toString();
    over = true;
  })();
  const tell = (endpointId: string) =>
    fleet.context.events.publish({
      organisationId: fleet.context.defaultOrganisationId,
      topic: 'test',
      key: endpointId,
      live: { kind: 'endpoint-changed', endpointId },
    });
  await tell(mail.id);
  await tell(web.id);
  await settle(async () => heard.includes(web.id));
  expect(heard).not.toContain(mail.id);
  const grants = [{ roleId: 'viewer', labels: null, includeClients: false }];
  expect((await fleet.call('PUT', `/people/${keeper.personId}/grants`, { grants })).status).toBe(200);
  await settle(async () => over);
  await listening;
});
