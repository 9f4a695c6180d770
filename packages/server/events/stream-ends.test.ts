import { ORGANISATION_HEADER } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCaller, personWith } from '../access/testing/person-with.ts';
import { STAGES } from '../stages.ts';
import { settle } from '../testing/test-fleet.ts';
import { type TestServer, startTestServer } from '../testing.ts';

/** Longer than any event takes, much shorter than a heartbeat: what ends within it was told to. */
const PATIENCE_MS = 10_000;

let server: TestServer;
let owner: TestCaller;
beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  owner = await personWith(server, [{ roleId: 'owner', includeClients: true }]);
});
afterAll(() => server.stop());

interface Stream {
  /** Whether it ends by itself. */
  readonly ended: Promise<boolean>;
  readonly close: () => void;
}

/** As a browser opens it: the organisation is in the address. */
async function open({ cookie }: TestCaller, organisationId: string): Promise<Stream> {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), PATIENCE_MS);
  const address = `${server.url}/api/v1/events?organisation=${organisationId}`;
  const reply = await fetch(address, { headers: { cookie }, signal: stop.signal });
  expect(reply.status).toBe(200);
  const ended = reply.text().then(
    () => true,
    () => false,
  );
  return { ended: ended.finally(() => clearTimeout(limit)), close: () => stop.abort() };
}

const openStreams = async (): Promise<number> =>
  Number(/^thimble_live_readers (\d+)$/m.exec(await server.context.metrics.metrics())?.[1]);

const client = async (name: string): Promise<string> =>
  String((await owner.call('POST', '/organisations', { name })).json['id']);

type Change = (technician: TestCaller, clientId: string, roleId: string) => ReturnType<TestCaller['call']>;

test.each<[what: string, change: Change]>([
  ['the grant of the organisation above is taken away', ({ personId }) => give(personId, [])],
  [
    'what the role of the organisation above allows is less',
    (_, __, roleId) => owner.call('PUT', `/roles/${roleId}`, { name: `less ${roleId}`, permissions: ['runs:read'] }),
  ],
  ['the person is disabled', ({ personId }) => owner.call('PUT', `/people/${personId}`, { disabled: true })],
  ['the person signs out, in another tab', (technician) => technician.call('DELETE', '/session')],
  ['somebody ends the person’s sessions', ({ personId }) => owner.call('DELETE', `/people/${personId}/sessions`)],
  [
    'the organisation is archived',
    (_, id) => owner.call('POST', `/organisations/${id}/archive`, { removeEndpoints: false }),
  ],
])('a stream in a client ends when %s; a colleague’s elsewhere goes on', async (what, change) => {
  const clientId = await client(`Client of: ${what}`.slice(0, 100));
  const role = await owner.call('POST', '/roles', { name: `watch ${clientId}`, permissions: ['endpoints:read'] });
  const roleId = String(role.json['id']);
  const technician = await personWith(server, [{ roleId, includeClients: true }]);
  const stream = await open(technician, clientId);
  const colleague = await open(owner, server.context.defaultOrganisationId);
  const reply = await change(technician, clientId, roleId);
  expect(reply.status, JSON.stringify(reply.json)).toBeLessThan(300);
  expect(await stream.ended).toBe(true);
  // A role may be anybody’s: then everybody comes again.
  expect(await openStreams()).toBe(what.includes('role') ? 0 : 1);
  colleague.close();
  await colleague.ended;
  await settle(async () => (await openStreams()) === 0);
});

test('who comes again without rights is refused, and hears nothing of the organisation', async () => {
  const clientId = await client('Yew');
  const technician = await personWith(server, [{ roleId: 'viewer', includeClients: true }]);
  const within = { [ORGANISATION_HEADER]: clientId };
  expect((await technician.call('GET', '/session', undefined, within)).status).toBe(200);
  await give(technician.personId, []);
  for (const path of ['/session', '/events']) {
    const refused = await technician.call('GET', path, undefined, within);
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.json)).not.toContain('Yew');
  }
});

function give(personId: string, grants: readonly object[]): ReturnType<TestCaller['call']> {
  return owner.call('PUT', `/people/${personId}/grants`, { grants });
}
