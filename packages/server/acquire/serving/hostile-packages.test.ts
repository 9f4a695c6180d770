import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { AgentContentReply, RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { digestOf } from '../../testing/seed-content.ts';
import { type TestFleet, settle, startTestFleet } from '../../testing/test-fleet.ts';
import { contentOf } from '../content.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let repository: RepositorySummary;
let ticket: string;
let debs: ReadonlyMap<string, BuiltDeb>;

beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  const names = ['changed', 'short', 'gone'];
  debs = new Map(
    await Promise.all(names.map(async (name) => [name, await archive.build({ name, version: '1.0' })] as const)),
  );
  await archive.publish({});
  upstream = await startContentUpstream(archive);
  repository = await addTestRepository(fleet, upstream, archive);
  const agent = await fleet.agent('web');
  ticket = ((await agent.send({ method: 'POST', path: '/content' })).json as AgentContentReply).ticket;
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

const debOf = (name: string): BuiltDeb => {
  const deb = debs.get(name);
  if (deb === undefined) throw new Error(`there is no ${name}`);
  return deb;
};
/** Whole and right, or not: a transfer that breaks off counts as the latter. */
async function fetched(path: string): Promise<number | 'broken'> {
  const url = `${fleet.url}/content/revisions/${repository.latest?.id}/${path}`;
  try {
    const reply = await fetch(url, { headers: { authorization: `Bearer ${ticket}` } });
    await reply.arrayBuffer();
    return reply.status;
  } catch {
    return 'broken';
  }
}
const faultOf = async (path: string) =>
  (await repositoryDetail(fleet, repository.id)).faults.find((fault) => fault.path === path);

test.each([
  ['changed', 'wrong-digest', 'trust'],
  ['short', 'truncated', 'upstream'],
  ['gone', 'missing', 'upstream'],
] as const)(
  'a package that upstream has %s is a fault at its repository until it is right',
  async (name, code, side) => {
    const { path, bytes } = debOf(name);
    const wrong = Buffer.from(bytes);
    wrong[100] = (wrong[100] ?? 0) ^ 1;
    if (name === 'changed') upstream.set(path, { kind: 'file', bytes: wrong });
    else if (name === 'short') upstream.set(path, { kind: 'file', bytes: bytes.subarray(0, bytes.length - 7) });
    else upstream.set(path, { kind: 'status', status: 404 });
    expect(await fetched(path)).not.toBe(200);
    await settle(async () => (await faultOf(path)) !== undefined);
    expect(await faultOf(path)).toMatchObject({ code, side, resolvedAt: null, count: 1 });
    const { store } = await contentOf(fleet.context);
    expect(await store.has(digestOf(Buffer.from(bytes)))).toBeNull();

    // The state is verified: who freezes it is not held up, and looking at it again does not make the file right.
    const again = await synchroniseTestRepository(fleet, repository.id);
    expect(again).toMatchObject({ health: 'failing', fault: { code, path } });
    expect((await fleet.call('POST', '/content/snapshots', { name: `with-${name}` })).status).toBe(201);

    await upstream.refresh();
    await settle(async () => (await fetched(path)) === 200);
    await settle(async () => (await faultOf(path))?.resolvedAt !== null);
    expect((await repositoryDetail(fleet, repository.id)).summary).toMatchObject({ health: 'fresh', fault: null });
  },
);
