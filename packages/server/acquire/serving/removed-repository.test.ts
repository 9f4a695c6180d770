import type { AgentContentReply } from '@thimble/protocol';
import { createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTestRepository, type ContentUpstream, startContentUpstream } from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  await archive.build({ name: 'hello', version: '1.0' });
  await archive.publish();
  upstream = await startContentUpstream(archive);
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

test('what a snapshot has of a removed repository is still got from its upstream, also without TLS and inside', async () => {
  const { id, latest } = await addTestRepository(fleet, upstream, archive);
  expect((await fleet.call('POST', '/content/snapshots', { synchronise: false })).status).toBe(201);
  expect((await fleet.call('DELETE', `/content/repositories/${id}`)).status).toBe(204);
  const { rows } = await fleet.context.database.pool.query<{ path: string }>(
    'select path from content_package where repository_id = $1',
    [id],
  );
  const agent = await fleet.agent('web1');
  const { ticket } = (await agent.send({ method: 'POST', path: '/content' })).json as AgentContentReply;
  const reply = await fetch(`${fleet.url}/content/revisions/${latest?.id}/${rows[0]?.path}`, {
    headers: { authorization: `Bearer ${ticket}` },
  });
  expect(reply.status).toBe(200);
  expect(
    Buffer.from(await reply.arrayBuffer())
      .subarray(0, 8)
      .toString(),
  ).toBe('!<arch>\n');
});
