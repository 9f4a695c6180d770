import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/matching.md'), 'utf8');
const contract = readFileSync(join(import.meta.dirname, 'assessment.ts'), 'utf8');

/** The literals of a union in the contract. */
function members(name: string): readonly string[] {
  const [, body = ''] = new RegExp(`export type ${name} =([^;]*);`).exec(contract) ?? [];
  return [...body.matchAll(/\| '([a-z-]+)'/g)].map(([, member = '']) => member);
}

describe('docs/matching.md', () => {
  it.each(['Rule', 'GapReason'])('has a row for every %s, and none that there is not', (name) => {
    const heading = name === 'Rule' ? '## Rules' : '## Gaps';
    const section = page.slice(page.indexOf(heading)).split('\n## ')[0] ?? '';
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \| \S/gm)].map(([, row = '']) => row);
    expect(members(name).length).toBeGreaterThan(5);
    expect(rows.toSorted()).toEqual(members(name).toSorted());
  });
});
