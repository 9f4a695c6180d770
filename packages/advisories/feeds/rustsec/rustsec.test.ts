import { describe, expect, it } from 'vitest';
import { readSample, shownClaims } from '../../testing/read-sample.ts';
import { rustsec } from './index.ts';

const { advisories, faults } = await readSample(rustsec, new Date('2026-11-01T00:00:00Z'));

describe('RustSec', () => {
  it('has as affected what is neither patched nor unaffected', () => {
    expect(shownClaims(advisories.get('RUSTSEC-2024-9001'))).toEqual([
      'cargo/example affected 0.9.0 <1.2.3, 2.0.0 <2.1.0: 2.1.0',
    ]);
    expect(advisories.get('RUSTSEC-2024-9001')).toMatchObject({
      vulnerabilities: ['CVE-2024-5555'],
      title: 'Use after free in `example`',
      cvss: [{ version: '3.1', score: 7.5, source: 'RustSec' }],
    });
  });

  it('has every version without a patch, with the word for what is no vulnerability', () => {
    const advisory = advisories.get('RUSTSEC-2024-9002');
    expect(shownClaims(advisory)).toEqual(['cargo/example affected 0 …: none']);
    expect(advisory?.claims[0]?.vendorStatus).toBe('unmaintained');
  });

  it('leaves undecided what it does not understand, and says so', () => {
    expect(shownClaims(advisories.get('RUSTSEC-2024-9004'))).toEqual([
      'generic/rust-std under-investigation all: unknown',
    ]);
    expect(advisories.get('RUSTSEC-2024-9004')?.withdrawn).toBe('2024-03-01T00:00:00.000Z');
    expect(faults).toEqual([
      'crates/example/RUSTSEC-2024-9003.md: the record has no TOML front matter',
      'rust/std/RUSTSEC-2024-9004.md: RUSTSEC-2024-9004: versions not understood: soon',
    ]);
  });
});
