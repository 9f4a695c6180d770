import { describe, expect, it } from 'vitest';
import { readSample, shownClaims } from '../../testing/read-sample.ts';
import { nodejsCore } from './index.ts';

const { advisories, faults } = await readSample(nodejsCore, new Date('2026-11-01T00:00:00Z'));

describe("Node.js's own index", () => {
  it('has as affected the vulnerable lines without their repairs', () => {
    expect(shownClaims(advisories.get('NODEJS-CORE-1'))).toEqual([
      'generic/node affected 5.0.0-0 ≤5.999999999.999999999, 7.0.0-0 <7.10.1, 8.0.0-0 <8.1.4: 8.1.4',
    ]);
  });

  it('says on which system alone it holds', () => {
    expect(advisories.get('NODEJS-CORE-2')?.claims[0]?.vendorStatus).toBe('only on win32');
  });

  it('leaves undecided what states no versions', () => {
    expect(shownClaims(advisories.get('NODEJS-CORE-3'))).toEqual(['generic/node under-investigation all: unknown']);
    expect(faults).toHaveLength(1);
  });
});
