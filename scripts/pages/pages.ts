import { betweenMarkers } from './between-markers.ts';
import { feedsTable } from './feeds-table.ts';
import { rolesTable } from './roles-table.ts';
import { distributionMatrix, packageMatrix, withoutInventory } from './support-matrix.ts';

/** Pages with parts that are made from descriptors: by the page's path from the root, its parts by their names. */
export const PAGES: ReadonlyMap<string, ReadonlyMap<string, () => string>> = new Map([
  ['docs/feeds.md', new Map([['feeds', () => feedsTable()]])],
  ['docs/roles.md', new Map([['roles', rolesTable]])],
  [
    'docs/support.md',
    new Map([
      ['distributions', distributionMatrix],
      ['packages', packageMatrix],
      ['without-inventory', withoutInventory],
    ]),
  ],
]);

/** The page with all of its parts made anew. */
export function withParts(document: string, parts: ReadonlyMap<string, () => string>): string {
  return [...parts].reduce((text, [name, part]) => betweenMarkers(text, name, part()), document);
}
