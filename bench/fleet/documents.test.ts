import { Manifest, System, Updates } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { Catalogue, PACKAGES_PER_ENDPOINT, seededRandom, systemDocument } from './documents.ts';

describe('a made-up fleet', () => {
  const catalogue = new Catalogue(1);
  const { manifest, updates } = catalogue.installation(7);
  const packages = Value.Parse(Manifest, JSON.parse(manifest.text)).packages;

  it('has documents that the protocol accepts', () => {
    expect([
      Value.Check(Manifest, JSON.parse(manifest.text)),
      Value.Check(Updates, JSON.parse(updates.text)),
      Value.Check(System, JSON.parse(systemDocument('h').text)),
    ]).toEqual([true, true, true]);
  });
  it('lists each package once, sorted', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toHaveLength(PACKAGES_PER_ENDPOINT);
    expect(names).toEqual([...new Set(names)].sort());
  });
  it('has security updates pending, and others', () => {
    const security = Value.Parse(Updates, JSON.parse(updates.text)).updates.map((update) => update.security);
    expect(new Set(security)).toEqual(new Set([true, false]));
  });
  it('is the same for the same seed and another for another', () => {
    expect(new Catalogue(1).installation(7)).toEqual({ manifest, updates });
    expect(catalogue.installation(8).manifest.sha256).not.toBe(manifest.sha256);
  });
});

describe('seeded random numbers', () => {
  it('are spread over [0, 1)', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 1000 }, random);
    const mean = values.reduce((all, value) => all + value, 0) / values.length;
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});
