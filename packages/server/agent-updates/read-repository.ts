import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { folderFetcher } from './folder-fetcher.ts';

/** What the served repository offers, read as a client reads it. */
export type AgentRepository =
  | { readonly kind: 'absent' }
  /** Endpoints would refuse it too. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The version for each platform, such as `linux-x64`. */
  | { readonly kind: 'offers'; readonly versions: ReadonlyMap<string, string> };

export const PLATFORMS = ['linux-x64', 'linux-arm64'] as const;

/**
 * The first root is believed as it is: this look is for people and for hints, endpoints have a root of their own. What
 * was seen is kept, so that a repository that goes back is noticed here before endpoints refuse it.
 *
 * @param seen folder in which that is kept
 */
export async function readRepository(folder: string, seen: string): Promise<AgentRepository> {
  if (!existsSync(join(folder, 'timestamp.json'))) return { kind: 'absent' };
  try {
    await mkdir(seen, { recursive: true, mode: 0o700 });
    if (!existsSync(join(seen, 'root.json'))) await copyFile(join(folder, '1.root.json'), join(seen, 'root.json'));
    const updater = new Updater({
      metadataDir: seen,
      metadataBaseUrl: 'https://folder.invalid',
      fetcher: folderFetcher(folder),
      config: { maxDelegations: 0 },
    });
    await updater.refresh();
    const versions = new Map<string, string>();
    for (const platform of PLATFORMS) {
      const target = await updater.getTargetInfo(`thimble-agent-${platform}`);
      const version: unknown = target?.custom['version'];
      if (typeof version === 'string') versions.set(platform, version);
    }
    return { kind: 'offers', versions };
  } catch (error) {
    return { kind: 'refused', reason: (error as Error).message };
  }
}
