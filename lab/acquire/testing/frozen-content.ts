import { createHash, randomUUID } from 'node:crypto';
import type { ContentRepository } from '@thimble/protocol';
import { machineArchitecture } from '../../architecture.ts';
import type { Mirror } from '../../mirror/mirror.ts';

/** A repository as it was at one moment; packages are pulled through from the mirror, once. */
export interface FrozenRepository {
  readonly repository: ContentRepository;
  /** null: there is no such file, or nobody gives it. */
  read(path: string): Promise<Buffer | null>;
}

/**
 * @param folder the archive's on the mirror, e.g. `vendor/widgets`
 * @param url what endpoints call the mirror
 */
export async function freeze(
  mirror: Mirror,
  folder: string,
  suite: string,
  url: string = mirror.url,
): Promise<FrozenRepository> {
  const files = new Map<string, Promise<Buffer | null>>();
  const fetchOnce = (path: string) => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const fetched = fetch(`${mirror.loopbackUrl}/${folder}/${path}`).then(
      async (reply) => (reply.ok ? Buffer.from(await reply.arrayBuffer()) : null),
      () => null,
    );
    files.set(path, fetched);
    return fetched;
  };
  const top = `dists/${suite}`;
  const inRelease = await fetchOnce(`${top}/InRelease`);
  if (inRelease === null) throw new Error(`the mirror has no ${folder} ${suite}`);
  const text = inRelease.toString('utf8');
  const wanted = `main/binary-${await machineArchitecture()}/Packages`;
  const [, listed = ''] = /^SHA256:\n((?: .*\n)+)/m.exec(text) ?? [];
  for (const [, sha256, path = ''] of listed.matchAll(/^ ([0-9a-f]{64}) +\d+ (\S+)$/gm)) {
    if (!path.startsWith(wanted)) continue;
    await fetchOnce(`${top}/${path.slice(0, path.lastIndexOf('/'))}/by-hash/SHA256/${sha256}`);
  }
  const [, date = ''] = /^Date: (.*)$/m.exec(text) ?? [];
  return {
    repository: {
      revisionId: randomUUID(),
      format: 'apt',
      uris: [`${url}/${folder}/`],
      suite,
      components: ['main'],
      metadataPath: `${top}/InRelease`,
      metadataSha256: createHash('sha256').update(inRelease).digest('hex'),
      date: new Date(date).toISOString(),
    },
    // What was not there when it was frozen is not part of it.
    read: (path) => (path.startsWith('pool/') ? fetchOnce(path) : (files.get(path) ?? Promise.resolve(null))),
  };
}
