import { describe, expect, it } from 'vitest';
import { selectionFor } from './selection-for.ts';
import { policyWith, update } from './testing/document.ts';

const NOW = Date.UTC(2026, 4, 3);
const outside = update({ name: 'docker-ce', source: 'docker-ce', security: false, origin: 'Docker' });
const feature = update({ name: 'vim', source: 'vim', security: false, vulnerabilities: [] });

describe('selectionFor', () => {
  it.each([
    ['plain security', {}, { kind: 'security' }],
    ['what is in plain security anyhow', { always: { kev: true as const } }, { kind: 'security' }],
    ['everything', { select: { types: ['security' as const, 'other' as const] } }, { kind: 'all' }],
    [
      'a condition',
      { select: { severities: ['high' as const] } },
      { kind: 'packages', packages: [{ name: 'libssl3' }] },
    ],
    [
      'more than security',
      { always: { types: ['other' as const], packages: ['vim'] } },
      { kind: 'packages', packages: [{ name: 'libssl3' }, { name: 'vim' }] },
    ],
  ])('%s', (_, parts, selection) => {
    expect(selectionFor(policyWith(parts), [update(), feature], NOW)).toEqual(selection);
  });

  it('names packages when a vulnerability is closed outside of the security channel, which endpoints do not know', () => {
    expect(selectionFor(policyWith(), [update(), outside, feature], NOW)).toEqual({
      kind: 'packages',
      packages: [{ name: 'docker-ce' }, { name: 'libssl3' }],
    });
  });

  it('is nothing when nothing is taken', () => {
    expect(selectionFor(policyWith({ select: { kev: true } }), [update()], NOW)).toBe(null);
  });

  it('names a package once, of however many architectures', () => {
    expect(selectionFor(policyWith({ select: { severities: ['high'] } }), [update(), update()], NOW)).toEqual({
      kind: 'packages',
      packages: [{ name: 'libssl3' }],
    });
  });
});
