import { createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let repository: RepositorySummary;
beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  await archive.build({ name: 'hello', version: '1.0' });
  await archive.build({ name: 'world', version: '2:2.0-1' });
  await archive.publish();
  upstream = await startContentUpstream(archive);
  repository = await addTestRepository(fleet, upstream, archive);
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

describe('a repository that is looked at', () => {
  test('makes no revision of what has not changed', async () => {
    const again = await synchroniseTestRepository(fleet, repository.id);
    expect(again).toMatchObject({ health: 'fresh', revisionCount: 1 });
    expect((await repositoryDetail(fleet, repository.id)).faults).toEqual([]);
  });

  test('has its first revision at once, verified by the approved key', () => {
    expect(repository).toMatchObject({
      health: 'fresh',
      fault: null,
      revisionCount: 1,
      latest: { sequence: 1, packageCount: 2, addedCount: 2, removedCount: 0, signedBy: archive.fingerprint },
    });
  });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
