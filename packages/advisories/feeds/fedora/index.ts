import type { FeedContext, FeedRequest } from '../../feed/index.ts';
import { repomdRequest } from '../../feed/updateinfo/repository.ts';
import { updateinfoFeed } from '../../feed/updateinfo/updateinfo-feed.ts';

const ARCHITECTURES = ['x86_64', 'aarch64'];
/** Fedora 41 came in October 2024, and another one follows every half year. */
const KNOWN = { release: 41, year: 2024, month: 10 };
/** A release is repaired until a month after the second one after it. */
const SUPPORTED = 3;

export const fedora = updateinfoFeed({
  id: 'fedora',
  name: 'Fedora updates',
  publisher: 'Fedora Project',
  documentation: 'https://bodhi.fedoraproject.org/',
  licence: 'not stated',
  namespaces: ['fedora'],
  baseUrl: 'https://dl.fedoraproject.org/pub/fedora/linux/',
  intervalHours: 6,
  start: fedoraRequests,
});

function fedoraRequests({ namespaces, now }: FeedContext): readonly FeedRequest[] {
  const discovered = namespaces?.flatMap((namespace) => /^fedora:(\d{1,3})$/.exec(namespace)?.[1] ?? []);
  return (discovered ?? supported(now)).flatMap((release) =>
    ARCHITECTURES.flatMap((architecture) =>
      // Modules ended with Fedora 38.
      (Number(release) <= 38 ? ['Everything', 'Modular'] : ['Everything']).map((tree) =>
        repomdRequest(`updates/${release}/${tree}/${architecture}/`, {
          namespace: `fedora:${release}`,
          channel: null,
          key: `${tree}/${architecture}`,
        }),
      ),
    ),
  );
}

function supported(now: Date): readonly string[] {
  const months = (now.getUTCFullYear() - KNOWN.year) * 12 + now.getUTCMonth() + 1 - KNOWN.month;
  const newest = KNOWN.release + Math.floor(months / 6);
  return Array.from({ length: SUPPORTED }, (_none, age) => String(newest - age));
}
