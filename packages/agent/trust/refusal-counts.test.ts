import { EMPTY_JOURNAL, EMPTY_TRUST } from '@thimble/agent-core';
import { expect, test } from 'vitest';
import { refusalCounts } from './refusal-counts.ts';

test('what was refused and what was rejected for the same reason counts together', () => {
  const journal = { ...EMPTY_JOURNAL, refused: { malformed: 2, expired: 1 }, rejected: { malformed: 3 } };
  const trust = { ...EMPTY_TRUST, refusedNews: { 'halt-refused': 4 } };
  expect(refusalCounts(journal, trust)).toEqual({ malformed: 5, expired: 1, 'halt-refused': 4 });
  expect(refusalCounts(null, EMPTY_TRUST)).toEqual({});
});
