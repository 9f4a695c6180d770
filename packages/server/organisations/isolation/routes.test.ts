import { ORGANISATION_HEADER } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestCaller, callWith, personWith } from '../../access/testing/person-with.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { seedOrganisation, seedRepository, seedSnapshot } from '../../testing/seed-content.ts';
import { sampleBody } from './sample-body.ts';

interface Operation {
  readonly security?: readonly Record<string, unknown>[];
  readonly requestBody?: { readonly content?: Record<string, { readonly schema?: object }> };
}

/** These are of everybody, or begin the server's own work for all. */
const SHARED_TABLES = ['session', 'api_token', 'person'];
/** Loops write there whenever they like. */
const LOOPS_WRITE = /^(assessment_state|vulnerability_summary|evidence|endpoint_due|heartbeat$|rollout_plan)/;
/** Thousands of requests, on a machine that may be busy. */
const DEADLINE_MS = 300_000;
/** An id of a table is enough: more of the same kind go the same way. */
const IDS_A_TABLE = 1;

let fleet: TestFleet;
let stranger: TestCaller;
let ids: readonly string[];
let marks: readonly string[];
let operations: readonly { readonly method: string; readonly path: string; readonly schema: object | undefined }[];

beforeAll(async () => {
  fleet = await startTestFleet();
  await fillVictim();
  const other = await seedOrganisation(fleet.context, 'Stranger Ltd');
  stranger = await personWith(fleet, [{ roleId: 'owner', includeClients: true }], other);
  ids = await collectIds();
  marks = [...ids, 'secret-host'];
  operations = await readOperations();
});
afterAll(() => fleet.stop());

/** Something of everything in the organisation that is attacked. */
async function fillVictim(): Promise<void> {
  const { context } = fleet;
  const agents = [await fleet.agent('secret-host-1'), await fleet.agent('secret-host-2')];
  await fleet.plannedRun(agents);
  const organisation = context.defaultOrganisationId;
  const { revisionIds } = await seedRepository(context, organisation, 'secret-host-repository', {
    revisions: 1,
    packages: [],
  });
  // Nothing is fetched while rows are compared.
  await context.database.pool.query('update content_repository set enabled = false');
  await seedSnapshot(context, organisation, 'secret-host-snapshot', revisionIds);
  const endpointId = String(agents[0]?.id);
  const policy = await fleet.call('POST', '/policies', { text: POLICY });
  expect(policy).toMatchObject({ status: 201 });
  const policyId = (policy.json['summary'] as { id: string }).id;
  const made = [
    await fleet.call('POST', '/rollouts', { policyId }),
    await fleet.call('POST', '/tokens', { name: 'secret-host token' }),
    await fleet.call('POST', '/enrolment-tokens', { name: 'secret-host enrolment' }),
    await fleet.call('POST', '/exceptions', {
      vulnerability: 'CVE-2026-0001',
      endpointId,
      kind: 'accepted-risk',
      reason: 'for the test',
      owner: 'secret-host owner',
    }),
    await fleet.call('POST', '/freezes', { name: 'secret-host freeze', reason: 'for the test', until: null }),
    await fleet.call('POST', '/roles', { name: 'secret-host role', permissions: ['runs:read'] }),
    await fleet.call('POST', '/content/blocks', { name: 'secret-host-block', version: '1.0', reason: 'for the test' }),
    await fleet.call('POST', '/content/relays', { name: 'secret-host relay' }),
  ];
  expect(made.filter(({ status }) => status < 300).length).toBeGreaterThanOrEqual(5);
}

const POLICY = `
format: 1
name: secret-host
scope:
  hostnames: ['secret-host-*']
content: endpoint
rings:
  - name: rest
    members: rest
`;

async function collectIds(): Promise<readonly string[]> {
  const { pool } = fleet.context.database;
  const { rows } = await pool.query<{ name: string }>(
    `select r.relation::text as name from row_security_rules() r
     join pg_attribute a on a.attrelid = r.relation and a.attname = 'id' and a.atttypid = 'uuid'::regtype`,
  );
  const found: string[] = [];
  for (const { name } of rows)
    found.push(
      ...(await pool.query<{ id: string }>(`select id from ${name} order by id limit ${IDS_A_TABLE}`)).rows.map(
        ({ id }) => id,
      ),
    );
  return [...new Set(found)];
}

async function readOperations(): Promise<typeof operations> {
  const document = (await (await fetch(`${fleet.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security, requestBody }]) =>
      method !== 'head' && security?.some((each) => 'token' in each) === true && path.startsWith('/api/v1/')
        ? [
            {
              method: method.toUpperCase(),
              path: path.slice('/api/v1'.length),
              schema: requestBody?.content?.['application/json']?.schema,
            },
          ]
        : [],
    ),
  );
}

/** A digest of everything that the attacked organisation has, table by table. */
async function digests(): Promise<Readonly<Record<string, string>>> {
  const { pool } = fleet.context.database;
  const { rows } = await pool.query<{ name: string }>(
    `select r.relation::text as name from row_security_rules() r
     join pg_attribute a on a.attrelid = r.relation and a.attname = 'organisation_id' order by 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of rows) {
    if (LOOPS_WRITE.test(name) || SHARED_TABLES.includes(name)) continue;
    const digest = await pool.query<{ digest: string }>(
      `select coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as digest from (select to_jsonb(t) - 'look_at' as r from ${name} t where organisation_id = $1) as rows`,
      [fleet.context.defaultOrganisationId],
    );
    found[name] = digest.rows[0]?.digest ?? '';
  }
  return found;
}

const attempts = (path: string): readonly string[] =>
  path.includes('{') ? ids.map((id) => path.replaceAll(/\{[^}]*\}/g, id)) : [path];

describe('another organisation’s owner', () => {
  test(
    'gets nothing from any route with any id, and changes nothing',
    async () => {
      expect(operations.length).toBeGreaterThan(100);
      const before = await digests();
      const leaks: string[] = [];
      const answered: string[] = [];
      const failures: string[] = [];
      for (const { method, path, schema } of operations) {
        // Its stream never ends: a test of its own, below. These end the stranger's own session.
        if (path === '/events' || (path === '/session' && method === 'DELETE')) continue;
        for (const target of attempts(path)) {
          const body = schema === undefined || method === 'GET' ? undefined : sampleBody(schema, ids[0] ?? '');
          const { status, json } = await stranger.call(method, target, body).catch(() => ({ status: 0, json: {} }));
          const text = JSON.stringify(json);
          // A refusal may repeat what it was asked for, nothing else.
          const asked = target + JSON.stringify(body ?? '');
          // The stranger's own evidence says what they were refused.
          const secret = path.startsWith('/evidence') ? ['secret-host'] : marks;
          if (secret.some((mark) => text.includes(mark) && !asked.includes(mark))) leaks.push(`${method} ${target}`);
          // A vulnerability may have any name: what is said of it is the stranger's own.
          if (path.includes('{') && status < 300 && !path.startsWith('/vulnerabilities/'))
            answered.push(`${status} ${method} ${target}`);
          if (status >= 500 && status !== 503) failures.push(`${status} ${method} ${target} ${text}`);
        }
      }
      expect(leaks).toEqual([]);
      expect(answered).toEqual([]);
      expect(failures).toEqual([]);
      expect(await digests()).toEqual(before);
      const { rows } = await fleet.context.database.pool.query(
        'select kind from evidence where organisation_id = $1 and actor = $2',
        [fleet.context.defaultOrganisationId, stranger.name],
      );
      expect(rows).toEqual([]);
    },
    DEADLINE_MS,
  );

  test('can’t act there by naming it in the header, on any route', async () => {
    const headers = { [ORGANISATION_HEADER]: fleet.context.defaultOrganisationId };
    const open: string[] = [];
    for (const { method, path } of operations) {
      const { status } = await stranger.call(method, path.replaceAll(/\{[^}]*\}/g, ids[0] ?? ''), undefined, headers);
      if (status < 400) open.push(`${status} ${method} ${path}`);
    }
    // One's own account is at home, whatever the header says.
    expect(open.filter((each) => !/ \/(me|session|sessions|organisations|clients|permissions)\b/.test(each))).toEqual(
      [],
    );
  });

  test('hears nothing of it in the stream of events', async () => {
    const fresh = await personWith(fleet, ['owner'], await seedOrganisation(fleet.context, 'Listener Ltd'));
    const stopping = new AbortController();
    const reply = await fetch(`${fleet.url}/api/v1/events`, {
      headers: { cookie: fresh.cookie },
      signal: stopping.signal,
    });
    const reader = (reply.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
    const { rows } = await fleet.context.database.pool.query<{ id: string }>(
      `select id from organisation where name = 'Listener Ltd'`,
    );
    const tell = (organisationId: string, feed: string) =>
      fleet.context.events.publish({ organisationId, topic: 'feed', key: feed, live: { kind: 'feed-changed', feed } });
    await tell(fleet.context.defaultOrganisationId, 'theirs');
    await tell(String(rows[0]?.id), 'ours');
    let heard = '';
    while (!heard.includes('ours')) heard += (await reader.read()).value ?? '';
    expect(heard).not.toContain('theirs');
    stopping.abort();
  });
});

test('somebody of no organisation that is there gets nothing', async () => {
  const { status } = await callWith(fleet, {}, 'GET', '/endpoints');
  expect(status).toBe(401);
});
