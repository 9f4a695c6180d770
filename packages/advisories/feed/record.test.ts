import { describe, expect, it } from 'vitest';
import { complaintsAbout, fixedIn, line, prose, provenanceOf } from './record.ts';

describe('text of publishers', () => {
  it('becomes one line', () => {
    expect(line(' a\n\t b\r\n')).toBe('a b');
  });

  it('is cut where it is too long, and says so', () => {
    expect([line('x'.repeat(2_000)).length, line('x'.repeat(2_000)).at(-1), line('x'.repeat(1_024)).at(-1)]).toEqual([
      1_024,
      '…',
      'x',
    ]);
    expect(prose('x'.repeat(100_000)).length).toBe(32_768);
  });

  it('loses what no database keeps: NUL, half a surrogate pair, also where it is cut', () => {
    expect(prose('a\0b\ud800c')).toBe('ab\ufffdc');
    expect(line('😀'.repeat(2_000)).isWellFormed()).toBe(true);
  });
});

it('provenance is the SHA-256 of the bytes', () => {
  // printf abc | sha256sum
  expect(provenanceOf('a-feed', 'a record', 'abc')).toEqual({
    feed: 'a-feed',
    record: 'a record',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
});

describe('fixedIn', () => {
  it('says that everything before the version is affected', () => {
    expect(fixedIn('deb', '1:2.0-1', expect.fail)).toEqual({
      status: 'affected',
      intervals: [{ introduced: null, fixed: '1:2.0-1', lastAffected: null }],
      fix: { state: 'fixed', version: '1:2.0-1' },
      vendorStatus: null,
    });
  });

  it('decides nothing where the version is none, and says so', () => {
    const complaints: string[] = [];
    expect(fixedIn('apk', '2.7.16-33', (reason) => complaints.push(reason))).toEqual({
      status: 'under-investigation',
      intervals: [],
      fix: { state: 'unknown', version: null },
      vendorStatus: 'fixed in 2.7.16-33, which is no apk version',
    });
    expect(complaints).toEqual(['fixed in 2.7.16-33, which is no apk version']);
  });
});

describe('complaintsAbout', () => {
  it('tells a hundred, and counts the rest', () => {
    const complaints = complaintsAbout('a record');
    for (let index = 0; index < 1_000; index += 1) complaints.complain(`part ${index}`);
    const faults = complaints.faults();
    expect([faults.length, faults[0], faults.at(-1)]).toEqual([
      101,
      { kind: 'fault', record: 'a record', reason: 'part 0' },
      { kind: 'fault', record: 'a record', reason: '900 further parts are not understood' },
    ]);
  });
});
