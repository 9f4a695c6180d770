import { FEEDS, type FactBody, type Feed, ecosystemOf } from '@thimble/advisories';
import { freshnessOf } from '@thimble/feeds';
import type { Kysely } from 'kysely';
import { factsOfSubjects, namedNamespaces, readFeedStates } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';
import { UNKNOWN_NAMESPACE } from '../software/software-of-manifest.ts';

export interface NamespaceGap {
  readonly namespace: string;
  readonly reason: 'no-advisories' | 'stale-advisories' | 'unsupported-distribution' | 'release-out-of-support';
  readonly why: string;
}

/**
 * What is missing for whole distributions and ecosystems: advisories that were never read or are too old, feeds that failed,
 * releases that get no repairs. Without it a fleet whose feeds do not come would look safe.
 */
export async function namespaceGaps(
  within: Kysely<Tables>,
  namespaces: readonly string[],
  now: Date,
  feeds: readonly Feed[] = FEEDS,
): Promise<readonly NamespaceGap[]> {
  const states = await readFeedStates(within);
  const support = await factsOfSubjects(within, 'support', namespaces);
  const named = await namedNamespaces(within, [...new Set([...namespaces, ...namespaces.map(ecosystemOf)])]);
  return namespaces
    .filter((namespace) => namespace !== UNKNOWN_NAMESPACE)
    .flatMap((namespace) => gapsOf(namespace, { states, support, feeds, now, named }));
}

interface Known {
  readonly states: Awaited<ReturnType<typeof readFeedStates>>;
  readonly support: readonly FactBody[];
  readonly feeds: readonly Feed[];
  readonly now: Date;
  readonly named: ReadonlySet<string>;
}

function gapsOf(namespace: string, known: Known): readonly NamespaceGap[] {
  const gaps: NamespaceGap[] = [];
  const fresh = freshnessOf(namespace, known);
  switch (fresh.advisories) {
    case 'current':
      break;
    case 'none':
      gaps.push({ namespace, reason: 'no-advisories', why: `${fresh.why ?? ''}${failureText(namespace, known)}` });
      break;
    case 'stale':
      gaps.push({ namespace, reason: 'stale-advisories', why: `${fresh.why ?? ''}${failureText(namespace, known)}` });
      break;
    case 'unsupported':
      gaps.push({ namespace, reason: 'unsupported-distribution', why: fresh.why ?? '' });
      break;
  }
  if (fresh.support === 'ended' || fresh.support === 'limited')
    gaps.push({
      namespace,
      reason: 'release-out-of-support',
      why: fresh.supportNote ?? `only parts of ${namespace} get security updates`,
    });
  return gaps;
}

function failureText(namespace: string, { states, feeds }: Known): string {
  const own = feeds.filter((feed) => feed.namespaces.includes(ecosystemOf(namespace))).map(({ id }) => id);
  const failed = states.find(({ feed, failure }) => own.includes(feed) && failure !== null);
  return failed === undefined ? '' : `; the last attempt failed: ${failed.failure?.message ?? ''}`;
}
