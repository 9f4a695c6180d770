import type { PackageOrigin } from '@thimble/protocol';
import { HostError, type Host } from '../host.ts';
import { field, stanzas } from '../deb822.ts';
import { ownAddress } from './content/own-words.ts';
import { declaresTrust } from './declared-trust.ts';
import { withoutCredentials } from './sources/address.ts';
import { DEADLINES, READ_LIMITS } from './limits.ts';
import { readReleaseFile, type ReleaseFile } from './release-file.ts';
import { aptGet, type AptWorkspace } from './workspace.ts';

/** One Packages file that apt has fetched, from `apt-get indextargets` (its machine form, apt-get(8)). */
export interface IndexTarget {
  readonly path: string;
  /** Path of the file whose signature vouches for it, without `InRelease` or `Release`. */
  readonly releasePrefix: string;
  /** Where its InRelease file comes from; null: not told. */
  readonly releaseUri: string | null;
  readonly repositoryUri: string;
  /** As in the sources list: a codename, a suite or a path. */
  readonly suite: string;
  readonly component: string;
  /** Whether apt takes it: its signature holds, or its sources entry says that none is needed. */
  readonly trusted: boolean;
  /** `FILE:NUMBER` of its sources entry; null: not told. */
  readonly sourcesEntry: string | null;
  readonly origin: PackageOrigin;
}

export interface PackageIndex extends IndexTarget {
  readonly release: ReleaseFile | null;
  /** Trusted, and by a signature of its Release file. */
  readonly verified: boolean;
}

export function parseIndexTargets(text: string): readonly IndexTarget[] {
  const targets: IndexTarget[] = [];
  for (const stanza of stanzas(text)) {
    if (targets.length >= READ_LIMITS.indexTargets) break;
    const get = (name: string) => field(stanza, name);
    const path = get('Filename');
    const metaKey = get('MetaKey');
    if (get('Created-By') !== 'Packages' || get('Target-Of') !== 'deb' || path === null || metaKey === null) continue;
    const suffix = path.lastIndexOf(metaKey.replaceAll('/', '_'));
    if (suffix === -1) continue;
    const label = (name: string) => get(name)?.slice(0, 512) || null;
    targets.push({
      path,
      releasePrefix: path.slice(0, suffix),
      releaseUri: get('Base-URI') === null ? null : `${get('Base-URI')}InRelease`,
      repositoryUri: withoutCredentials(get('Repo-URI') ?? get('Base-URI') ?? '').slice(0, 512),
      suite: (get('Release') ?? '').slice(0, 512),
      component: (get('Component') ?? '').slice(0, 512),
      trusted: get('Trusted') === 'yes',
      sourcesEntry: get('Sourcesentry'),
      origin: {
        origin: label('Origin'),
        label: label('Label'),
        suite: label('Suite'),
        codename: label('Codename'),
        component: label('Component'),
      },
    });
  }
  return targets;
}

/** The indexes that apt would use now. @throws HostError `io` when apt can't say. */
export async function readIndexes(host: Host, workspace: AptWorkspace): Promise<readonly PackageIndex[]> {
  const result = await host.run(aptGet(workspace, 'indextargets'), { deadlineMs: DEADLINES.queryMs });
  if (result.exitCode !== 0) throw new HostError('io', `apt-get indextargets: ${result.stderr.trim().slice(0, 2000)}`);
  const releases = new Map<string, Promise<ReleaseFile | null>>();
  return Promise.all(
    parseIndexTargets(result.stdout).map(async (target) => {
      let release = releases.get(target.releasePrefix);
      if (release === undefined) {
        release = readReleaseFile(host, `${target.releasePrefix}InRelease`).then(
          (found) => found ?? readReleaseFile(host, `${target.releasePrefix}Release`),
        );
        releases.set(target.releasePrefix, release);
      }
      const found = await release;
      // Without a Release file there is nothing that a signature could be of.
      const declared =
        target.sourcesEntry !== null && (await declaresTrust(host, target.sourcesEntry, target.repositoryUri));
      const repositoryUri = ownAddress(workspace, target.repositoryUri);
      return { ...target, repositoryUri, release: found, verified: target.trusted && found !== null && !declared };
    }),
  );
}
