import { describe, expect, it } from 'vitest';
import { narrowingOf, type Narrowing } from './narrowing.ts';

const NOW = new Date('2026-06-01T00:00:00.000Z');

describe('how a request is narrowed', () => {
  it.each<[string, Narrowing, unknown]>([
    ['to nothing less', {}, undefined],
    ['to some actions, each once', { actions: 'apply, trial,apply' }, { actions: ['apply', 'trial'] }],
    ['to a time from now on', { days: 2 }, { expiresAt: '2026-06-03T00:00:00.000Z' }],
  ])('%s', (_, given, wanted) => {
    expect(narrowingOf(given, NOW)).toEqual(wanted);
  });

  it.each(['install', '', 'apply,'])('not to what is no action: %j', (actions) => {
    expect(() => narrowingOf({ actions }, NOW)).toThrow('no action of an approval');
  });
});
