import { ecosystemOf, type FactBody, type Feed, type Freshness } from '@thimble/advisories';
import type { FeedState } from './store.ts';

/** Three missed turns are no accident any more; a feed that is asked weekly may be three weeks old. */
export const STALE_AFTER_INTERVALS = 3;
const HOUR_MS = 3_600_000;

export interface FreshnessFacts {
  readonly feeds: readonly Pick<Feed, 'id' | 'namespaces' | 'intervalHours' | 'onRequest'>[];
  readonly states: readonly FeedState[];
  /** Support facts whose subject is the namespace; others are passed over. */
  readonly support: readonly FactBody[];
  readonly now: Date;
  /**
   * Of the namespaces in question, and their ecosystems, those that any advisory at hand speaks of. Left out: not known.
   * A feed can have been asked for other releases, or have nothing of this one.
   */
  readonly named?: ReadonlySet<string>;
}

/**
 * Whether the silence of advisories about a namespace means that nothing is known, or that nobody looked. The newest of
 * the feeds that speak of it counts: Debian's tracker and its OSV export tell the same.
 */
export function freshnessOf(namespace: string, { feeds, states, support, now, named }: FreshnessFacts): Freshness {
  const ecosystem = ecosystemOf(namespace);
  const speaking = feeds.filter((feed) => feed.namespaces.includes(ecosystem));
  const supported = supportOf(namespace, support, now);
  if (speaking.length === 0)
    return { advisories: 'unsupported', asOf: null, why: `no feed speaks of ${ecosystem}`, ...supported };
  const read = speaking.flatMap((feed) => {
    const state = states.find((each) => each.feed === feed.id);
    return state?.syncedAt === null || state === undefined || state.advisoryCount === 0
      ? []
      : [{ feed, syncedAt: state.syncedAt }];
  });
  const newest = read.sort((a, b) => b.syncedAt.getTime() - a.syncedAt.getTime())[0];
  if (newest === undefined) {
    const regular = speaking.filter(({ onRequest }) => onRequest === undefined);
    const names = (regular.length > 0 ? regular : speaking).map(({ id }) => id).join(', ');
    return {
      advisories: 'none',
      asOf: null,
      why: `no advisories for ${namespace} were read yet (${names})`,
      ...supported,
    };
  }
  const asOf = newest.syncedAt.toISOString();
  if (named !== undefined && !named.has(namespace) && !named.has(ecosystem)) {
    const why = `none of the advisories at hand speaks of ${namespace} (${read.map(({ feed }) => feed.id).join(', ')})`;
    return { advisories: 'none', asOf, why, ...supported };
  }
  const ageMs = now.getTime() - newest.syncedAt.getTime();
  if (ageMs <= STALE_AFTER_INTERVALS * newest.feed.intervalHours * HOUR_MS)
    return { advisories: 'current', asOf, why: null, ...supported };
  const why = `the advisories for ${namespace} were last read ${Math.floor(ageMs / HOUR_MS / 24)} days ago (${newest.feed.id}, ${asOf})`;
  return { advisories: 'stale', asOf, why, ...supported };
}

type Support = Pick<Freshness, 'support' | 'supportNote'>;

/** Whose extended support is for everybody, in the same repositories: Debian's LTS. Ubuntu's and Red Hat's is bought. */
const FREELY_EXTENDED: ReadonlySet<string> = new Set(['debian']);

/** What the publisher's own repositories give to everybody is what counts here. */
function supportOf(namespace: string, facts: readonly FactBody[], now: Date): Support {
  const today = now.toISOString().slice(0, 10);
  let answer: Support = { support: 'unknown', supportNote: null };
  for (const fact of facts) {
    if (fact.kind !== 'support' || fact.subject !== namespace) continue;
    const endsOn = FREELY_EXTENDED.has(ecosystemOf(namespace)) ? (fact.extendedEndsOn ?? fact.endsOn) : fact.endsOn;
    if (fact.ended === true || (endsOn !== null && endsOn < today)) {
      const since = endsOn === null ? '' : ` since ${endsOn}`;
      return {
        support: 'ended',
        supportNote: `${fact.title} gets no regular security updates${since}: new vulnerabilities are not looked at there`,
      };
    }
    if (fact.ended === 'limited') answer = { support: 'limited', supportNote: fact.note === '' ? null : fact.note };
    else if (answer.support === 'unknown' && endsOn !== null) answer = { support: 'supported', supportNote: null };
  }
  return answer;
}
