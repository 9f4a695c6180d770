import { expect, it } from 'vitest';
import { describeRealData, itemsOfFile, realData } from './testing/real-data.ts';

describeRealData("Ubuntu's CVE tracker", () => {
  it('2022 to 2024: 6,887 files', { timeout: 120_000 }, async () => {
    const faults: string[] = [];
    const byStatus = new Map<string, number>();
    let advisories = 0;
    let claims = 0;
    const items = itemsOfFile('ubuntu-cve-tracker', realData('ubuntu/uct-raw-2022-2024.tar.gz'), {
      role: 'archive',
      path: 'uct.tar.gz',
      packing: 'tar.gz',
    });
    for await (const item of items) {
      if (item.kind === 'fault') faults.push(`${item.record}: ${item.reason}`);
      if (item.kind !== 'advisory') continue;
      advisories += 1;
      for (const claim of item.advisory.claims) {
        claims += 1;
        const word = /^[a-z-]+/.exec(claim.vendorStatus ?? '')?.[0] ?? '';
        byStatus.set(word, (byStatus.get(word) ?? 0) + 1);
      }
    }
    expect([advisories, claims, faults]).toEqual([6_887, 259_872, []]);
    // cat active/* retired/* | grep -aP '^[a-z0-9./-]+_[^:]*:' | grep -avP '^(upstream|snap)_' | sed -E 's/^[^:]*: *//; s/ *[(].*//'
    // | sort | uniq -c; besides, 572,974 times DNE.
    expect(Object.fromEntries(byStatus)).toEqual({
      deferred: 805,
      ignored: 105_073,
      needed: 6_575,
      'needs-triage': 34_665,
      'not-affected': 69_871,
      pending: 1_569,
      released: 41_314,
    });
  });
});
