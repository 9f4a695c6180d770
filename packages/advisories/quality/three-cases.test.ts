import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assess, explain, lookupKeys, softwareOfPackage } from '../match/index.ts';
import { DEBIAN_12 } from './inventories/debian.ts';
import { storeOf } from './measure.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/matching.md'), 'utf8');
const FRESH = { advisories: 'current', asOf: null, why: null, support: 'supported', supportNote: null } as const;

describe('the three cases of docs/matching.md', () => {
  it.each([
    ['a backported repair', 'CVE-2024-6387', 'openssh-server after'],
    ['source and binary', 'CVE-2023-6817', 'kernel before'],
    ['a gap', 'CVE-2026-2003', 'postgresql of PGDG'],
  ])('%s is shown as it is explained', async (_title, vulnerability, subject) => {
    const store = await storeOf([DEBIAN_12]);
    const facts = DEBIAN_12.packages[subject];
    if (facts === undefined || DEBIAN_12.os === null) throw new Error(`no package ${subject}`);
    const software = softwareOfPackage(facts, DEBIAN_12.os);
    const assessment = assess(software, store.claims(lookupKeys(software)), { fresh: FRESH });
    const { text } = explain({
      assessment,
      vulnerability,
      asOf: '2026-11-01T00:00:00.000Z',
      facts: [],
      derivedFrom: null,
    });
    expect(page).toContain(`\`\`\`\n${text}\`\`\`\n`);
  });
});
