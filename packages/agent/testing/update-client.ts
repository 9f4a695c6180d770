import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlaceClient, type PlaceClient } from '../content/place-client.ts';
import { openDisk } from '../state/disk.ts';
import { lookForVersion, type OfferedVersion } from '../update/look-for-version.ts';
import { createRepositoryFetcher, FETCHER_LIMITS, type FetcherLimits } from '../update/repository-fetcher.ts';
import { PLATFORM, UpdateRepository } from './update-repository.ts';
import { serveUpdates, type UpdateSite } from './update-site.ts';

/** A repository that is served, and a client that knows its first root and nothing else. */
export class UpdateClient {
  readonly repository: UpdateRepository;
  readonly site: UpdateSite;
  /** The client's state. */
  readonly folder = mkdtempSync(join(tmpdir(), 'thimble-update-'));
  readonly #clients: PlaceClient[] = [];

  constructor(repository: UpdateRepository, site: UpdateSite) {
    this.repository = repository;
    this.site = site;
    mkdirSync(join(this.folder, 'update'));
  }

  async look(limits: FetcherLimits = FETCHER_LIMITS): Promise<OfferedVersion | null> {
    const { repository, site } = this;
    const place = { kind: 'server', name: 'the server', url: site.url, certificateSha256: null } as const;
    const trust = { certificatePem: site.certificatePem };
    const client = createPlaceClient(place, trust, { connectMs: 5000, answerMs: 5000, idleMs: limits.idleMs });
    this.#clients.push(client);
    const folder = join(this.folder, 'update');
    const fetcher = createRepositoryFetcher(client, join(folder, 'incoming'), new AbortController().signal, limits);
    const disk = await openDisk(this.folder);
    const { pinnedRoot } = repository;
    return lookForVersion({ disk, folder, pinnedRoot, fetcher, serverUrl: site.url, platform: PLATFORM });
  }

  /** The version of what the client trusts now; null: nothing. */
  trusted(role: string): number | null {
    try {
      const text = readFileSync(join(this.folder, 'update', `${role}.json`), 'utf8');
      return (JSON.parse(text) as { signed: { version: number } }).signed.version;
    } catch {
      return null;
    }
  }

  /** Of root, timestamp, snapshot and targets. */
  get trustedVersions(): readonly (number | null)[] {
    return ['root', 'timestamp', 'snapshot', 'targets'].map((role) => this.trusted(role));
  }

  async clean(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.site.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function makeUpdateClient(repository = new UpdateRepository()): Promise<UpdateClient> {
  return new UpdateClient(repository, await serveUpdates(repository));
}
