import { generateSigningKey } from '@thimble/protocol/signing';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createSignedRequests } from './signed-requests.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00.000Z');

/** What is known of the server's clock after a reply with this header. */
async function offsetAfter(date: string): Promise<number> {
  const requests = createSignedRequests(
    { exchange: async () => ({ status: 200, headers: { date }, body: Buffer.alloc(0) }), close: () => undefined },
    generateSigningKey(),
    { next: async () => 1, raise: async () => undefined },
    { ...systemClock, now: () => NOW_MS },
  );
  const request = { lane: 'main', method: 'GET', target: '/', body: new Uint8Array() } as const;
  await requests.send({ ...request, deadlineMs: 1000, maxReplyBytes: 1000 });
  return requests.clockOffsetMs;
}

describe('the clock of a server', () => {
  test.each([
    ['an hour ahead', 'Mon, 01 Jun 2026 01:00:00 GMT', 3_600_500],
    ['a little off is as good as right', 'Mon, 01 Jun 2026 00:00:20 GMT', 0],
    ['in a year that no timestamp can say', 'Fri, 01 Jan 20000 00:00:00 GMT', 0],
    ['at the end of all time', 'Sat, 13 Sep 275760 00:00:00 GMT', 0],
    ['before 1970', 'Mon, 01 Jan 1900 00:00:00 GMT', 0],
    ['that is none', 'yesterday', 0],
  ])('%s', async (_, date, offsetMs) => {
    expect(await offsetAfter(date)).toBe(offsetMs);
  });
});
