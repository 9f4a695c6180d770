import type { OrderKeyStatus } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';

const DAY_MS = 86_400_000;
const KEYS = ['9d61', '3d40', 'fc51'].map((start) => start.padEnd(64, '0a3f7c'));

/** A key that was just replaced, and a few endpoints that have not heard of it, of which one follows somebody else. */
export function fakeOrderKeys(fleet: readonly FakeEndpoint[], now: () => number): OrderKeyStatus {
  const at = (daysAgo: number): string => new Date(now() - daysAgo * DAY_MS).toISOString();
  const key = (index: number, state: OrderKeyStatus['keys'][number]['state'], madeAt: string, madeBy: string) => ({
    keyid: KEYS[index] ?? '',
    state,
    madeAt,
    madeBy,
    replacedAt: null,
  });
  const others = fleet.length < 50 ? [] : fleet.slice(0, 4);
  const held = [1, 1, null, 7];
  return {
    sequence: 2,
    keys: [
      key(0, 'signs', at(0.2), 'root'),
      { ...key(1, 'counts', at(90), 'root'), replacedAt: at(0.2) },
      { ...key(2, 'revoked', at(400), 'the server'), replacedAt: at(90) },
    ],
    endpoints:
      others.length === 0
        ? { following: fleet.length, behind: 0, astray: 0, unheard: 0 }
        : { following: fleet.length - others.length, behind: 2, astray: 1, unheard: 1 },
    notFollowing: others.map(({ summary }, index) => ({
      endpointId: summary.id,
      hostname: summary.hostname,
      sequence: held[index] ?? null,
    })),
  };
}
