import { PERMISSION_NAMES } from '@thimble/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Authority, authorityOf, firstBeyond, intersectAuthorities, uniteAuthorities } from './authority.ts';
import { EVERYWHERE, type Reach, reaches } from './reach.ts';

/** Few labels and values, so that they meet. */
const labels = fc.dictionary(fc.constantFrom('role', 'site', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 3 });
const wanted = fc.dictionary(fc.constantFrom('role', 'site', 'tier'), fc.constantFrom('a', 'b'), {
  minKeys: 1,
  maxKeys: 2,
});
const reach: fc.Arbitrary<Reach> = fc.oneof(
  fc.constant(EVERYWHERE),
  fc.array(wanted, { maxLength: 3 }).map((anyOf): Reach => ({ kind: 'labels', anyOf })),
);
const some = fc.constantFrom(...PERMISSION_NAMES.slice(0, 4));
const authority: fc.Arbitrary<Authority> = fc
  .array(fc.tuple(some, reach), { maxLength: 6 })
  .map((parts) => uniteAuthorities(parts.map(([name, where]) => authorityOf([name], where))));

const may = (own: Authority, name: (typeof PERMISSION_NAMES)[number], on: Record<string, string>): boolean => {
  const where = own.get(name);
  return where !== undefined && reaches(where, on);
};

test('a token may exactly what both it and its maker may', () => {
  fc.assert(
    fc.property(authority, authority, some, labels, (token, maker, name, on) => {
      expect(may(intersectAuthorities(token, maker), name, on)).toBe(may(token, name, on) && may(maker, name, on));
    }),
  );
});

test('a person may what any of the grants allows, and no more: reach stays with its permission', () => {
  fc.assert(
    fc.property(fc.array(authority, { maxLength: 4 }), some, labels, (grants, name, on) => {
      expect(may(uniteAuthorities(grants), name, on)).toBe(grants.some((grant) => may(grant, name, on)));
    }),
  );
});

test('what is not beyond somebody is allowed to them on every endpoint, and a token is never beyond its maker', () => {
  fc.assert(
    fc.property(authority, authority, some, labels, (own, other, name, on) => {
      if (firstBeyond(own, other) === undefined && may(other, name, on)) expect(may(own, name, on)).toBe(true);
      expect(firstBeyond(own, intersectAuthorities(other, own))).toBeUndefined();
    }),
  );
});

test('all labels of a reach are wanted, and no name of an object’s own is one', () => {
  const web: Reach = { kind: 'labels', anyOf: [{ role: 'web', site: 'bern' }] };
  expect(reaches(web, { role: 'web', site: 'bern', tier: '1' })).toBe(true);
  expect(reaches(web, { role: 'web' })).toBe(false);
  expect(reaches({ kind: 'labels', anyOf: [] }, { role: 'web' })).toBe(false);
  expect(reaches({ kind: 'labels', anyOf: [{ constructor: 'x' }] }, {})).toBe(false);
});
