import { describe, expect, it } from 'vitest';
import { deadlineOf } from './deadline-of.ts';
import { policyWith, update } from './testing/document.ts';

const PUBLISHED = Date.UTC(2026, 4, 1);
const DAY_MS = 86_400_000;
const { deadlines } = policyWith({
  deadlines: { kev: 'due-date', act: '2d', attend: '10d', critical: '7d', high: '14d', other: '30d' },
});

describe('deadlineOf', () => {
  it.each([
    ['its severity', { ssvc: null }, PUBLISHED + 14 * DAY_MS, 'severity high: 14d from its publication'],
    ['the soonest of two', {}, PUBLISHED + 10 * DAY_MS, 'SSVC attend: 10d from its publication'],
    [
      "CISA's due date",
      { kev: { dueMs: PUBLISHED + 5 * DAY_MS } },
      PUBLISHED + 5 * DAY_MS,
      "known to be exploited: the due date of CISA's catalogue",
    ],
    [
      'its SSVC decision where CISA states no date',
      { kev: { dueMs: null }, ssvc: 'act' as const },
      PUBLISHED + 2 * DAY_MS,
      'SSVC act: 48h from its publication',
    ],
    [
      'everything else where CISA states no date and nothing else says more',
      { kev: { dueMs: null }, severity: 'unknown' as const, ssvc: null },
      PUBLISHED + 30 * DAY_MS,
      'everything else: 30d from its publication',
    ],
    [
      'everything else',
      { severity: 'unknown' as const, ssvc: null },
      PUBLISHED + 30 * DAY_MS,
      'everything else: 30d from its publication',
    ],
    [
      'everything else, of a severity without one',
      { severity: 'low' as const, ssvc: null },
      PUBLISHED + 30 * DAY_MS,
      'everything else: 30d from its publication',
    ],
    [
      'a due date without a publication',
      { kev: { dueMs: PUBLISHED }, publishedMs: null },
      PUBLISHED,
      "known to be exploited: the due date of CISA's catalogue",
    ],
    [
      'nothing that can be said',
      { ssvc: null, publishedMs: null },
      null,
      'severity high: 14d from its publication, whose date nobody knows',
    ],
  ])('comes from %s', (_, parts, deadlineMs, because) => {
    expect(deadlineOf(deadlines, update(parts))).toEqual({ deadlineMs, because });
  });

  it('is none where the policy has none', () => {
    expect(deadlineOf(policyWith().deadlines, update({ kev: { dueMs: PUBLISHED } }))).toEqual({
      deadlineMs: null,
      because: 'the policy has no deadline for it',
    });
  });
});
