import { existsSync } from 'node:fs';
import { createAptDriver, createLocalHost, HostError } from '@thimble/drivers';
import { Repositories } from '@thimble/protocol';
import { documentSha256, sha256 } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runOnce } from '../run/once.ts';
import { makeBench, type Bench } from '../testing/agent-under-test.ts';
import { fakeDriver, REPOSITORIES } from '../testing/fake-driver.ts';

describe('the document of configured repositories', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(() => bench.clean());
  const reported = () => bench.server.checkIns.at(-1)?.documents.repositories ?? null;

  test.skipIf(!existsSync('/usr/bin/apt-config'))('of this very machine is what the protocol says', async () => {
    const found = await createAptDriver().repositories(createLocalHost(), { directory: '/nowhere' });
    expect([...Value.Errors(Repositories, found)]).toEqual([]);
  });

  test('is reported by its digest, sent once, and again when it changes', async () => {
    let document = REPOSITORIES;
    const driver = { ...fakeDriver(), repositories: () => Promise.resolve(document) };
    await runOnce(bench.options(driver));
    await runOnce(bench.options(driver));
    expect(reported()).toBe(documentSha256(REPOSITORIES));
    document = { ...REPOSITORIES, gaps: [{ what: 'x', why: 'y' }] };
    await runOnce(bench.options(driver));
    expect(reported()).toBe(documentSha256(document));
    const sent = bench.server.log.filter((line) => line.includes('/documents/repositories/'));
    expect(sent).toEqual(
      [REPOSITORIES, document].map((each) => `PUT /api/v1/agent/documents/repositories/${documentSha256(each)}`),
    );
    expect(sha256(bench.server.documents.get(documentSha256(document)) ?? '')).toBe(documentSha256(document));
  });

  test('that can’t be made keeps nothing else from the server', async () => {
    const repositories = () => Promise.reject(new HostError('io', 'apt-config: no such file'));
    await runOnce(bench.options({ ...fakeDriver(), repositories }));
    expect(bench.server.checkIns.at(-1)?.documents).toMatchObject({
      manifest: expect.any(String),
      system: expect.any(String),
      repositories: null,
    });
  });
});
