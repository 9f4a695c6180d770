import type { RepositoryDetail, RepositorySummary } from '@thimble/protocol';
import { type HostileUpstream, type SignedAptRepository, startHostileUpstream } from '@thimble/content/testing';
import { type TestFleet, settle } from './test-fleet.ts';

/** An upstream that serves a signed repository as it is now, and whatever a test puts in its way. */
export interface ContentUpstream extends HostileUpstream {
  /** Serves the repository's present files; behaviours that were set are gone where it has a file. */
  readonly refresh: () => Promise<void>;
}

export async function startContentUpstream(repository: Pick<SignedAptRepository, 'files'>): Promise<ContentUpstream> {
  const upstream = await startHostileUpstream();
  const served = new Set<string>();
  const refresh = async (): Promise<void> => {
    const files = await repository.files();
    for (const path of served) if (!files.has(path)) upstream.set(path, { kind: 'status', status: 404 });
    for (const [path, bytes] of files) {
      upstream.set(path, { kind: 'file', bytes });
      served.add(path);
    }
  };
  await refresh();
  return { ...upstream, refresh };
}

/** Adds a repository to a test server with its key approved, and waits until it was looked at. */
export async function addTestRepository(
  fleet: TestFleet,
  { url }: Pick<ContentUpstream, 'url'>,
  { definition, fingerprint, gpg }: Pick<SignedAptRepository, 'definition' | 'fingerprint' | 'gpg'>,
  rest: Readonly<Record<string, unknown>> = {},
): Promise<RepositorySummary> {
  const { status, json } = await fleet.call('POST', '/content/repositories', {
    name: 'Test archive',
    ...definition,
    uris: [url],
    fingerprints: [fingerprint],
    keyMaterial: Buffer.from(gpg.exportKeys([fingerprint], true)).toString(),
    ...rest,
  });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(json)}`);
  const added = json as unknown as RepositorySummary;
  return lookedAt(fleet, added.id);
}

/** Asks for news and waits until upstream was looked at. */
export async function synchroniseTestRepository(
  fleet: TestFleet,
  id: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<RepositorySummary> {
  const { status, json } = await fleet.call('POST', `/content/repositories/${id}/sync`, body);
  if (status !== 202) throw new Error(`${status}: ${JSON.stringify(json)}`);
  return lookedAt(fleet, id);
}

export async function repositoryDetail(fleet: TestFleet, id: string): Promise<RepositoryDetail> {
  return (await fleet.call('GET', `/content/repositories/${id}`)).json as unknown as RepositoryDetail;
}

async function lookedAt(fleet: TestFleet, id: string): Promise<RepositorySummary> {
  await settle(async () => {
    const { rows } = await fleet.context.database.pool.query<{ done: boolean }>(
      'select asked_at is null as done from content_repository where id = $1',
      [id],
    );
    return rows[0]?.done === true;
  }, 600);
  return (await repositoryDetail(fleet, id)).summary;
}
