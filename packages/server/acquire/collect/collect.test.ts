import type { ContentStore } from '@thimble/content';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing.ts';
import { digestOf, seedOrganisation, seedRepository, seedSnapshot } from '../../testing/seed-content.ts';
import { collect } from './collect.ts';
import { readCollectableBytes } from './collectable.ts';
import { holdContent } from './hold.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = new Date('2026-11-22T12:00:00.000Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);

let server: TestServer;
let organisationId: string;
beforeAll(async () => {
  server = await startTestServer({ clock: () => NOW });
  organisationId = server.context.defaultOrganisationId;
});
afterAll(() => server.stop());
beforeEach(async () => {
  const tables =
    'run_target, run, content_object, content_channel, content_snapshot_revision, content_snapshot, content_revision_file, content_revision, content_package, content_setting, content_repository, content_collection';
  await server.context.database.pool.query(`truncate ${tables} cascade`);
});

/** A store in memory: what is asserted is what of it is left. */
class MemoryStore {
  readonly files = new Map<string, { readonly sizeBytes: number; readonly storedAt: Date }>();
  onRemove: (sha256: string) => Promise<void> = async () => undefined;
  async has(sha256: string): Promise<number | null> {
    return this.files.get(sha256)?.sizeBytes ?? null;
  }
  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; storedAt: Date }> {
    for (const [sha256, file] of this.files) yield { sha256, ...file };
  }
  async remove(sha256: string): Promise<void> {
    await this.onRemove(sha256);
    this.files.delete(sha256);
  }
}
const run = (store: MemoryStore, waitMs = 1000) => collect(server.context, store as unknown as ContentStore, waitMs);
const query = (text: string, values: unknown[] = []) =>
  server.context.database.pool.query<Record<string, unknown>>(text, values);

/** Puts a file into the store, with its row. */
async function put(
  store: MemoryStore,
  sha256: string,
  storedAt: Date,
  with_: 'both' | 'file' | 'row' = 'both',
): Promise<void> {
  if (with_ !== 'row') store.files.set(sha256, { sizeBytes: 10, storedAt });
  if (with_ !== 'file')
    await query('insert into content_object values ($1, 10, $2, $2) on conflict do nothing', [sha256, storedAt]);
}
const rowsLeft = async () => {
  const { rows } = await query('select sha256 from content_object');
  return rows.map(({ sha256 }) => String(sha256)).sort();
};
async function makeRun(snapshotId: string, state: string, finishedAt: Date | null): Promise<void> {
  await sql`insert into run (id, organisation_id, name, selection, state, explanation, created_at, created_by, target_count,
      snapshot_id, finished_at)
    values (${server.context.newId()}, ${organisationId}, 'run', '{"kind":"all"}', ${state}, '', ${daysAgo(200)}, 'tester', 0,
      ${snapshotId}, ${finishedAt})`.execute(server.context.database.kysely);
}

describe('what keeps an old snapshot’s content', () => {
  const cases: readonly (readonly [string, boolean, (snapshotId: string) => Promise<unknown>])[] = [
    ['nothing: it was retired and is past retention', false, async () => undefined],
    [
      'that it was not retired',
      true,
      (id) => query('update content_snapshot set retired_at = null where id = $1', [id]),
    ],
    [
      'that it was retired only lately, however old it is',
      true,
      (id) => query('update content_snapshot set retired_at = $2 where id = $1', [id, daysAgo(89)]),
    ],
    ['a pin', true, (id) => query('update content_snapshot set pinned = true where id = $1', [id])],
    [
      'a channel that points at it',
      true,
      (id) =>
        query('insert into content_channel (organisation_id, name, position, snapshot_id) values ($1, $2, 1, $3)', [
          organisationId,
          'x',
          id,
        ]),
    ],
    ['a run under way', true, (id) => makeRun(id, 'running', null)],
    ['a run that may still be rolled back', true, (id) => makeRun(id, 'finished', daysAgo(89))],
    ['not a run that ended long ago', false, (id) => makeRun(id, 'finished', daysAgo(91))],
    [
      'a longer retention',
      true,
      () => query('insert into content_setting (organisation_id, retention_days) values ($1, 365)', [organisationId]),
    ],
    [
      'not a shorter one',
      false,
      () => query('insert into content_setting (organisation_id, retention_days) values ($1, 7)', [organisationId]),
    ],
    [
      'that it came by a bundle does not, once it is retired',
      false,
      (id) => query("update content_snapshot set origin = 'imported' where id = $1", [id]),
    ],
    [
      'that it was made by schedule does not, retired or not, when there is a newer one',
      false,
      async (id) => {
        await query("update content_snapshot set origin = 'scheduled', retired_at = null where id = $1", [id]);
        await seedSnapshot(server.context, organisationId, 'newer', [], daysAgo(50));
      },
    ],
    [
      'that it is the newest by schedule',
      true,
      (id) => query("update content_snapshot set origin = 'scheduled', retired_at = null where id = $1", [id]),
    ],
  ];
  test.each(cases)('%s', async (_title, stays, arrange) => {
    const store = new MemoryStore();
    const { repositoryId, revisionIds } = await seedRepository(server.context, organisationId, 'repo', {
      revisions: 2,
      createdAt: daysAgo(200),
      packages: [{ name: 'old', until: 2 }, { name: 'kept' }],
    });
    const [first = '', second = ''] = revisionIds;
    const snapshotId = await seedSnapshot(server.context, organisationId, 'old', [first], daysAgo(100));
    await query('update content_snapshot set retired_at = $2 where id = $1', [snapshotId, daysAgo(95)]);
    await arrange(snapshotId);
    const old = digestOf('pool/old_1.0_amd64.deb');
    const kept = digestOf('pool/kept_1.0_amd64.deb');
    for (const sha256 of [old, kept, digestOf('repo 1'), digestOf('repo 2')]) await put(store, sha256, daysAgo(150));
    expect(await readCollectableBytes(server.context)).toBe(stays ? 0 : 20);
    expect(await run(store)).toMatchObject({ removedCount: stays ? 0 : 2, removedBytes: stays ? 0 : 20 });
    const left = [kept, digestOf('repo 2'), ...(stays ? [old, digestOf('repo 1')] : [])].sort();
    expect([...store.files.keys()].sort()).toEqual(left);
    expect(await rowsLeft()).toEqual(left);
    const { rows: revisions } = await query('select id from content_revision order by sequence');
    expect(revisions.map(({ id }) => id)).toEqual(stays ? [first, second] : [second]);
    const { rows: packages } = await query('select name from content_package where repository_id = $1 order by name', [
      repositoryId,
    ]);
    expect(packages.map(({ name }) => name)).toEqual(stays ? ['kept', 'old'] : ['kept']);
    const { rows: snapshots } = await query(
      'select collected_at is not null as gone from content_snapshot where id = $1',
      [snapshotId],
    );
    expect(snapshots).toEqual([{ gone: !stays }]);
  });
});

/** Numbers below a limit, the same for the same seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

test.each(Array.from({ length: 12 }, (_each, seed) => seed))(
  'of any graph, what is reachable stays and what is unreachable and old goes (seed %i)',
  async (seed) => {
    const random = randomOf(seed * 7919 + 1);
    const store = new MemoryStore();
    const needed = new Set<string>();
    const all = new Set<string>();
    const other = await seedOrganisation(server.context, `tenant ${seed}`);
    const revisions: { id: string; living: boolean; repository: number; sequence: number }[] = [];
    const packages: { repository: number; sha256: string; since: number; until: number | null }[] = [];
    for (let repository = 0; repository < 4; repository += 1) {
      const count = 1 + random(5);
      const owner = repository === 3 ? other : organisationId;
      const list = Array.from({ length: 1 + random(12) }, (_each, index) => {
        const since = 1 + random(count);
        const until = random(2) === 0 || since === count ? null : since + 1 + random(count - since);
        // Some files are in several repositories.
        return {
          name: `p${index}`,
          path: `pool/${repository}-${index}`,
          sha256: digestOf(`${random(3) === 0 ? 'shared' : `${repository}`} ${index}`),
          since,
          until,
        };
      });
      const name = `repo-${seed}-${repository}`;
      const seeded = await seedRepository(server.context, owner, name, {
        revisions: count,
        packages: list,
        createdAt: daysAgo(random(2) === 0 ? 0.5 : 30),
      });
      const removed = random(4) === 0;
      if (removed)
        await query('update content_repository set removed_at = $2 where id = $1', [seeded.repositoryId, NOW]);
      const { rows } = await query('select created_at from content_revision where id = $1', [seeded.revisionIds[0]]);
      const young = Number(rows[0]?.['created_at']) >= daysAgo(1).getTime();
      for (const [index, id] of seeded.revisionIds.entries()) {
        revisions.push({ id, living: young || (!removed && index + 1 === count), repository, sequence: index + 1 });
        all.add(digestOf(`${name} ${index + 1}`));
      }
      for (const { sha256, since, until } of list) packages.push({ repository, sha256, since, until });
    }
    for (let index = 0; index < 4; index += 1) {
      const chosen = revisions.filter(() => random(4) === 0);
      const old = random(2) === 0;
      const retired = random(2) === 0;
      const id = await seedSnapshot(
        server.context,
        organisationId,
        `s${index}`,
        chosen.map((each) => each.id),
        daysAgo(old ? 100 + index : 10 + index),
      );
      if (retired) await query('update content_snapshot set retired_at = created_at where id = $1', [id]);
      const pinned = random(4) === 0;
      if (pinned) await query('update content_snapshot set pinned = true where id = $1', [id]);
      if (!old || !retired || pinned) for (const each of chosen) each.living = true;
    }
    for (const { id, living } of revisions) {
      const { rows } = await query('select sha256 from content_revision_file where revision_id = $1', [id]);
      if (living) for (const { sha256 } of rows) needed.add(String(sha256));
    }
    for (const { repository, sha256, since, until } of packages) {
      all.add(sha256);
      const covered = revisions.some(
        (each) =>
          each.living &&
          each.repository === repository &&
          each.sequence >= since &&
          (until === null || each.sequence < until),
      );
      if (covered) needed.add(sha256);
    }
    for (let index = 0; index < 6; index += 1) all.add(digestOf(`orphan ${seed} ${index}`));
    const expectedFiles = new Set<string>();
    const expectedRows = new Set<string>();
    for (const sha256 of all) {
      const young = random(4) === 0;
      const state = (['both', 'both', 'both', 'file', 'row'] as const)[random(5)] ?? 'both';
      await put(store, sha256, daysAgo(young ? 0.5 : 2), state);
      if (state !== 'row' && (needed.has(sha256) || young)) expectedFiles.add(sha256);
      // A row without its file goes; a file without its row gets one, unless it is being written.
      if (state === 'both' && (needed.has(sha256) || young)) expectedRows.add(sha256);
      if (state === 'file' && needed.has(sha256) && !young) expectedRows.add(sha256);
    }
    await run(store);
    expect([...store.files.keys()].sort()).toEqual([...expectedFiles].sort());
    expect(await rowsLeft()).toEqual([...expectedRows].sort());
    // And again: there is nothing left to do.
    expect(await run(store)).toMatchObject({ snapshots: 0, revisions: 0, mended: 0, removedCount: 0 });
  },
);

describe('a collection', () => {
  test('is done by one server at a time', async () => {
    const store = new MemoryStore();
    await put(store, digestOf('a'), daysAgo(3));
    let inner: Awaited<ReturnType<typeof run>> | undefined;
    store.onRemove = async () => {
      inner = await run(store);
    };
    expect(await run(store)).toMatchObject({ removedCount: 1 });
    expect(inner).toBeNull();
  });

  test('removes no file while somebody takes files for granted', async () => {
    const store = new MemoryStore();
    await put(store, digestOf('a'), daysAgo(3));
    const holder = new Client(server.context.database.connection);
    await holder.connect();
    await holdContent(holder);
    expect(await run(store, 100)).toMatchObject({ removedCount: 0 });
    expect(store.files.size).toBe(1);
    const { rows } = await query('select message from content_collection order by started_at desc limit 1');
    expect(rows).toEqual([
      { message: 'no file was removed: a synchronisation took too long; the next collection goes on' },
    ]);
    await holder.end();
    expect(await run(store)).toMatchObject({ removedCount: 1 });
  });

  test('that was killed between a file and its row is mended by the next', async () => {
    const store = new MemoryStore();
    await put(store, digestOf('a'), daysAgo(3));
    await put(store, digestOf('b'), daysAgo(3));
    store.onRemove = async (sha256) => {
      store.files.delete(sha256);
      throw new Error('killed');
    };
    await expect(run(store)).rejects.toThrow('killed');
    expect(await rowsLeft()).toHaveLength(2);
    store.onRemove = async () => undefined;
    await run(store);
    expect(await rowsLeft()).toEqual([]);
    expect(store.files.size).toBe(0);
  });

  test('leaves a snapshot that a run is being made of, and says which it collected', async () => {
    const store = new MemoryStore();
    const id = await seedSnapshot(server.context, organisationId, 'old', [], daysAgo(100));
    await query('update content_snapshot set retired_at = $2 where id = $1', [id, daysAgo(95)]);
    const maker = new Client(server.context.database.connection);
    await maker.connect();
    await maker.query('begin');
    await maker.query('select 1 from content_snapshot where id = $1 for share', [id]);
    expect(await run(store)).toMatchObject({ snapshots: 0 });
    await maker.end();
    expect(await run(store)).toMatchObject({ snapshots: 1 });
    const { rows } = await query(
      "select summary from evidence where kind = 'snapshot-changed' order by sequence desc limit 1",
    );
    expect(rows).toEqual([
      { summary: 'the content of the snapshot old was collected: it is past retention, and nothing needs it' },
    ]);
  });

  test('leaves a revision that a snapshot is being made of', async () => {
    const store = new MemoryStore();
    const { revisionIds } = await seedRepository(server.context, organisationId, 'repo', {
      revisions: 2,
      createdAt: daysAgo(5),
    });
    const [first = ''] = revisionIds;
    await put(store, digestOf('repo 1'), daysAgo(4));
    const maker = new Client(server.context.database.connection);
    await maker.connect();
    await maker.query('begin');
    const snapshotId = server.context.newId();
    await maker.query(
      "insert into content_snapshot (id, organisation_id, name, origin, created_at, created_by) values ($1, $2, 'new', 'made', $3, 'x')",
      [snapshotId, organisationId, NOW],
    );
    await maker.query('insert into content_snapshot_revision values ($1, $2)', [snapshotId, first]);
    expect(await run(store)).toMatchObject({ revisions: 0, removedCount: 0 });
    await maker.query('commit');
    await maker.end();
    expect(await run(store)).toMatchObject({ revisions: 0, removedCount: 0 });
  });
});
