import { SimulateReply, type SimulationJob } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { collectWork, parseDrafts } from './collect-work.ts';
import { readJob, sweepJobs } from './jobs.ts';
import type { runInThread, ThreadEnd } from './run-in-thread.ts';
import { createSimulator, type Simulator } from './simulator.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const OTHER = '00000000-0000-7000-8000-0000000000aa';
const NOW_MS = Date.parse('2026-05-10T12:00:00.000Z');
const DAY_MS = 86_400_000;
let fleet: TestFleet;
let operator: { organisationId: string; name: string };
let web1: FakeAgent;
let nowMs = NOW_MS;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => new Date(nowMs), settings: { timeZone: 'Europe/Berlin' } });
  operator = { organisationId: fleet.context.defaultOrganisationId, name: 'ada' };
  web1 = await fleet.agent('web1');
  await fleet.agent('db1');
  await fleet.call('PUT', `/endpoints/${web1.id}/asset`, { labels: { role: 'web' } });
  await fleet.call('POST', '/policies', { text: 'format: 1\nname: web\nscope: {labels: {role: web}}\n' });
  await fleet.call('POST', '/policies', { text: 'format: 1\nname: rest\npriority: 1\n' });
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  nowMs = NOW_MS;
  await fleet.context.database.pool.query('delete from simulation');
});

const post = (body: object) => fleet.call('POST', '/simulations', body);
const ended = async (id: string): Promise<SimulationJob> => {
  const read = () => readJob(fleet.context.database.kysely, operator.organisationId, id);
  await settle(async () => (await read()).state !== 'running');
  return read();
};

describe('a job', () => {
  let simulator: Simulator;
  let threads: { tell: (percent: number) => void; stop: AbortSignal; end: (how: ThreadEnd) => void }[];
  const run: typeof runInThread = (_work, tell, stop) =>
    new Promise((resolve) => {
      if (stop.aborted) resolve({ kind: 'stopped' });
      stop.addEventListener('abort', () => resolve({ kind: 'stopped' }));
      threads.push({ tell, stop, end: resolve });
    });
  beforeEach(() => {
    threads = [];
    simulator = createSimulator(fleet.context, run);
  });
  afterEach(() => simulator.stop());
  const started = async (): Promise<string> => {
    const id = await simulator.start(operator, { days: 30 });
    await settle(async () => threads.length > 0);
    return id;
  };
  const job = (id: string): Promise<SimulationJob> =>
    readJob(fleet.context.database.kysely, operator.organisationId, id);

  test('says how far it is, and then what came out', async () => {
    const id = await started();
    expect(await job(id)).toMatchObject({ state: 'running', percent: 0, createdBy: 'ada', reply: null });
    threads[0]?.tell(40);
    await settle(async () => (await job(id)).percent === 40);
    threads[0]?.end({ kind: 'done', reply: { result: { days: 30 }, compared: null } as unknown as SimulateReply });
    expect(await ended(id)).toMatchObject({
      state: 'done',
      percent: 100,
      reply: { result: { days: 30 } },
      error: null,
    });
  });

  test('says why it failed', async () => {
    const id = await started();
    threads[0]?.end({ kind: 'failed', message: 'it ran out of memory' });
    expect(await ended(id)).toMatchObject({ state: 'failed', error: 'it ran out of memory', reply: null });
  });

  test('ends when it is cancelled, wherever it is computed', async () => {
    const id = await started();
    expect(await fleet.call('DELETE', `/simulations/${id}`)).toMatchObject({ status: 204 });
    await settle(async () => threads[0]?.stop.aborted === true);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', error: null });
    expect(await fleet.call('DELETE', `/simulations/${id}`)).toMatchObject({ status: 204 });
    expect(await fleet.call('GET', `/simulations/${id}`)).toMatchObject({ status: 404 });
  });

  test('is the only one of its organisation', async () => {
    const id = await started();
    await expect(simulator.start(operator, { days: 1 })).rejects.toMatchObject({
      status: 409,
      code: 'simulation-running',
      details: { extra: { id } },
    });
    threads[0]?.end({ kind: 'failed', message: 'x' });
    await ended(id);
    await expect(simulator.start(operator, { days: 1 })).resolves.toBeTypeOf('string');
  });

  test('fails when its server stops', async () => {
    const id = await started();
    await simulator.stop();
    expect(await ended(id)).toMatchObject({ state: 'failed', error: 'the server stopped while it was computed' });
  });

  test('is given up when nothing is heard of its server, so that another one can be asked for', async () => {
    const { pool } = fleet.context.database;
    await pool.query(
      `insert into simulation (id, organisation_id, state, request, created_at, created_by, alive_at)
       values (gen_random_uuid(), $1, 'running', '{}', $2, 'ada', $2)`,
      [operator.organisationId, new Date(NOW_MS - 61_000)],
    );
    await started();
    const { rows } = await pool.query(`select error from simulation where state = 'failed'`);
    expect(rows).toEqual([{ error: 'the server that computed it is gone' }]);
  });

  test('is forgotten after a day', async () => {
    const id = await started();
    threads[0]?.end({ kind: 'failed', message: 'x' });
    await ended(id);
    nowMs = NOW_MS + DAY_MS - 1;
    await sweepJobs(fleet.context);
    expect(await job(id)).toMatchObject({ state: 'failed' });
    nowMs = NOW_MS + DAY_MS + 1;
    await sweepJobs(fleet.context);
    await expect(job(id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('what is computed', () => {
  const work = async (request: Parameters<typeof collectWork>[3]) => {
    const { kysely } = fleet.context.database;
    const drafts = parseDrafts(request, fleet.context.clock());
    return collectWork(fleet.context, kysely, operator.organisationId, request, drafts);
  };
  const names = (policies: readonly { policy: { name: string } }[] | undefined) =>
    policies?.map(({ policy }) => policy.name).sort();

  test('the fleet under the policies as they are', async () => {
    const { input, compared } = await work({ days: 30 });
    expect(names(input.policies)).toEqual(['rest', 'web']);
    expect(input.endpoints.map(({ traits, timeZone }) => `${traits.hostname} ${timeZone}`).sort()).toEqual([
      'db1 Europe/Berlin',
      'web1 Europe/Berlin',
    ]);
    expect(input).toMatchObject({ startMs: NOW_MS, days: 30, faultsSeed: null, whatIf: [], updatesPerWeek: 0 });
    const [endpoint] = input.endpoints;
    expect(input.lists.get(endpoint?.list ?? '')).toMatchObject([{ patch: 'openssl 3.0.17-1', needsReboot: null }]);
    expect(compared).toBeNull();
  });

  test('a draft takes the place of the policy of its name, with its id: nobody changes rings', async () => {
    const { json } = await fleet.call('GET', '/policies');
    const id = (json['items'] as { id: string; name: string }[]).find(({ name }) => name === 'web')?.id;
    const draft = { format: 1, name: 'web', description: 'changed', scope: { labels: { role: 'web' } } } as const;
    const { input, compared } = await work({ days: 7, policy: draft, compareWith: 'present' });
    expect(input.policies.find((each) => each.id === id)?.policy.description).toBe('changed');
    expect(compared?.policies.find((each) => each.id === id)?.policy.description).toBe('');
    expect(input.endpoints.map(({ traits }) => traits.hostname)).toEqual(['web1']);
    expect(compared?.endpoints).toEqual(input.endpoints);
  });

  test('both variants have the endpoints of either', async () => {
    const draft = { format: 1, name: 'web' } as const;
    const { input } = await work({ days: 7, policy: draft, compareWith: 'present' });
    expect(input.endpoints).toHaveLength(2);
  });

  test('freezes and calendars as they are in these days; one that is not there lets nothing begin', async () => {
    await fleet.call('POST', '/freezes', { reason: 'audit' });
    const ics =
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260512T000000Z\r\nDTEND:20260513T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
    await fleet.call('PUT', '/calendars/holidays', { ics });
    const { input } = await work({ days: 3, policy: { format: 1, name: 'web', blackouts: ['holidays', 'gone'] } });
    expect(input.freezes).toEqual([{ startMs: NOW_MS, endMs: NOW_MS + 3 * DAY_MS, scope: {}, why: 'audit' }]);
    expect([...input.calendars]).toEqual([
      ['holidays', [expect.objectContaining({ startMs: Date.parse('2026-05-12') })]],
      ['gone', [{ startMs: NOW_MS, endMs: NOW_MS + 3 * DAY_MS }]],
    ]);
  });
});

describe('POST /simulations', () => {
  test('202: a job that a thread computes', async () => {
    const { status, json } = await post({ days: 3 });
    expect(status).toBe(202);
    const job = await ended((json as unknown as SimulationJob).id);
    expect(job).toMatchObject({ state: 'done', percent: 100, error: null });
    expect(job.reply?.result).toMatchObject({ days: 3, startsAt: new Date(NOW_MS).toISOString() });
  });

  test('202: a draft beside the policies as they are', async () => {
    const policy = {
      format: 1,
      name: 'web',
      scope: { labels: { role: 'web' } },
      start: { on: 'every day', at: '13:00' },
    };
    const { json } = await post({ days: 2, policy, compareWith: 'present', faultsSeed: 7 });
    const { reply } = await ended((json as unknown as SimulationJob).id);
    expect(Value.Check(SimulateReply, reply)).toBe(true);
    expect(reply?.compared?.comparison.differences.length).toBeGreaterThan(0);
  });

  test('202: a policy that is not there is said in the job', async () => {
    const { json } = await post({ days: 3, policyName: 'nothing' });
    expect(await ended((json as unknown as SimulationJob).id)).toMatchObject({
      state: 'failed',
      error: 'There is no such policy.',
    });
  });

  test('422: a draft that can’t hold', async () => {
    const windows = [{ name: 'a', on: 'secnd Tuesday', lasts: '4h' }];
    expect(await post({ days: 3, policy: { format: 1, name: 'web', windows } })).toMatchObject({
      status: 422,
      json: { code: 'policy-invalid' },
    });
    expect(await post({ days: 3, startAt: '2026-13-41T00:00:00.000Z' })).toMatchObject({ status: 422 });
  });

  test.each([
    {},
    { days: 0 },
    { days: 366 },
    { days: '30' },
    { days: 3, policy: { name: 'web' } },
    { days: 3, policy: { format: 1, name: 'web', prio: 7 } },
    { days: 3, compareWith: 'past' },
    { days: 3, faultsSeed: -1 },
    { days: 3, whatIf: [{ kind: 'flood' }] },
    { days: 3, updatesPerWeek: 1e9 },
  ])('400: %j', async (body) => {
    expect(await post(body)).toMatchObject({ status: 400 });
  });
});

test('404: nobody’s simulation, another organisation’s', async () => {
  const { pool } = fleet.context.database;
  await pool.query(`insert into organisation (id, name) values ($1, 'Other')`, [OTHER]);
  await pool.query(
    `insert into simulation (id, organisation_id, state, request, created_at, created_by, alive_at)
     values ($1, $2, 'running', '{}', $3, 'eve', $3)`,
    [NOBODY.replace('7000', '7001'), OTHER, new Date(NOW_MS)],
  );
  for (const id of [NOBODY, NOBODY.replace('7000', '7001')]) {
    expect(await fleet.call('GET', `/simulations/${id}`)).toMatchObject({ status: 404 });
    expect(await fleet.call('DELETE', `/simulations/${id}`)).toMatchObject({ status: 404 });
  }
});
