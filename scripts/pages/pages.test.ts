import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEEDS } from '@thimble/advisories';
import { READERS } from '@thimble/sbom';
import { describe, expect, it } from 'vitest';
import { betweenMarkers, markdownTable } from './between-markers.ts';
import { PAGES, withParts } from './pages.ts';
import { distributionMatrix, packageMatrix, withoutInventory } from './support-matrix.ts';

const root = join(import.meta.dirname, '..', '..');

describe('pages made from descriptors', () => {
  it.each([...PAGES])('%s is what the code says (npm run build writes it)', (path, parts) => {
    const page = readFileSync(join(root, path), 'utf8');
    expect(withParts(page, parts)).toBe(page);
  });

  it('every feed is in the support matrix, in one of its tables', () => {
    const tables = [distributionMatrix(), packageMatrix(), withoutInventory()].join('\n');
    const missing = FEEDS.filter(({ namespaces }) => !namespaces.includes('*')).filter(
      ({ id }) => !tables.includes(`\`${id}\``),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it('every kind of file that is read is in the table of packages', () => {
    const table = packageMatrix();
    const files = READERS.flatMap((reader) => reader.files.split(', '));
    expect(files.filter((file) => !table.includes(`\`${file}\``))).toEqual([]);
  });

  it('a part stands between its markers alone, and none is lost silently', () => {
    const page = betweenMarkers(
      'a\n<!-- x: made from the code by `npm run build`; do not edit -->\nold\n<!-- /x -->\nb',
      'x',
      'new',
    );
    expect(page).toMatch(/^a\n<!-- x:.*\n\nnew\n\n<!-- \/x -->\nb$/);
    expect(betweenMarkers(page, 'x', 'new')).toBe(page);
    expect(() => betweenMarkers('nothing', 'x', 'new')).toThrow(/missing/);
    expect(markdownTable(['a|b'], [['c|d']])).toBe('| a\\|b |\n| --- |\n| c\\|d |');
  });
});
