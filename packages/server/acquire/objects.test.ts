import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf, seedRepository } from '../testing/seed-content.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { knownObject, recordObject } from './objects.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet?.stop());

test('a package that was signed anew has the same digest in its index, another size, and is another file', async () => {
  const { context } = fleet;
  const controlSha1 = 'a'.repeat(40);
  for (const [name, size] of [
    ['vendor', 500],
    ['signed-anew', 530],
  ] as const) {
    const { repositoryId } = await seedRepository(context, context.defaultOrganisationId, name, {
      format: 'apk',
      packages: [{ name: 'busybox' }],
    });
    await context.database.pool.query(
      `update content_package set check_kind = 'apk', check_value = $2, sha256 = null, size_bytes = $3
       where repository_id = $1`,
      [repositoryId, controlSha1, size],
    );
  }
  const sha256 = digestOf('the vendor’s');
  await recordObject(context, { sha256, sizeBytes: 500, check: { kind: 'apk', controlSha1, sizeBytes: 500 } });
  expect(await knownObject(context, { kind: 'apk', controlSha1, sizeBytes: 500 })).toBe(sha256);
  expect(await knownObject(context, { kind: 'apk', controlSha1, sizeBytes: 530 })).toBeNull();
  const { rows } = await context.database.pool.query<{ size: number; sha256: string | null }>(
    'select size_bytes::int as size, sha256 from content_package order by size_bytes',
  );
  expect(rows).toEqual([
    { size: 500, sha256 },
    { size: 530, sha256: null },
  ]);
});
