import { describe, expect, it } from 'vitest';
import { fnv1a64, stablePlace } from './stable-place.ts';

describe('stablePlace', () => {
  it.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
    ['chongo was here!\n', 0x46810940eff5f915n],
  ])('hashes %j as the test vectors of FNV-1a say', (text, hash) => {
    expect(fnv1a64(text)).toBe(hash);
  });

  it('stays what it was: rings of running fleets come from it', () => {
    expect(stablePlace('policy/endpoint')).toBe(0.20888319574993797);
  });

  it('spreads names that differ in their last character alone', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index += 1) {
      const place = stablePlace(`3f0e4b52-8d5c-4b1e-9f7a-0000000${String(index).padStart(5, '0')}`);
      tenths[Math.floor(place * 10)] = (tenths[Math.floor(place * 10)] ?? 0) + 1;
    }
    // Six standard deviations of a tenth of 10,000.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(180);
  });
});
