import type { FeedContext, FeedRequest } from '../feed.ts';
import { repomdRequest } from './repository.ts';

const ARCHITECTURES = ['x86_64', 'aarch64'];
const SUPPORTED = ['8', '9', '10'];

/** Repositories of a rebuild of Red Hat Enterprise Linux, `9/AppStream/x86_64/os/`; asked for by the discovered releases. */
export function rebuildRequests(
  distribution: string,
  repositories: readonly string[],
  { namespaces }: FeedContext,
): readonly FeedRequest[] {
  const pattern = new RegExp(`^${distribution}:(\\d{1,2})$`);
  const releases = namespaces?.flatMap((namespace) => pattern.exec(namespace)?.[1] ?? []) ?? SUPPORTED;
  return releases.flatMap((release) =>
    repositories
      // Its name in release 8.
      .map((repository) => (repository === 'CRB' && release === '8' ? 'PowerTools' : repository))
      .flatMap((repository) =>
        ARCHITECTURES.map((architecture) =>
          repomdRequest(`${release}/${repository}/${architecture}/os/`, {
            namespace: `${distribution}:${release}`,
            channel: null,
            key: `${repository}/${architecture}`,
          }),
        ),
      ),
  );
}
