import type { TrustNews } from '@thimble/protocol';
import { followApproverSets } from './approver-sets.ts';
import { heedHalt } from './halt.ts';
import type { Heeded, NewsJudge } from './news.ts';
import { followOrderKeys } from './order-keys.ts';
import { heedServerTime } from './server-time.ts';
import type { TrustState } from './trust-state.ts';

/** What an endpoint believes after a reply. Each part stands for itself: one that is refused holds no other back. */
export function heedNews(state: TrustState, news: TrustNews, judge: NewsJudge): Heeded {
  const steps: readonly ((state: TrustState) => Heeded)[] = [
    (before) => followOrderKeys(before, news.orderKeys, judge),
    (before) => followApproverSets(before, news.approverSets, judge),
    (before) => (news.halt === null ? { state: before, told: [] } : heedHalt(before, news.halt, judge)),
    (before) => heedServerTime(before, news.serverTime, judge),
  ];
  return steps.reduce<Heeded>(
    (heeded, step) => {
      const next = step(heeded.state);
      return { state: next.state, told: [...heeded.told, ...next.told] };
    },
    { state, told: [] },
  );
}
