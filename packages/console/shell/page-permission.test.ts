import { BUILT_IN_ROLES } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { mayOpen, openingOf } from './page-permission.ts';

const viewer = [...BUILT_IN_ROLES.viewer.permissions];

test('a page has a link for those whose roles open it', () => {
  expect(mayOpen({ permissions: viewer, limited: [] }, '/rollouts')).toBe(true);
  expect(mayOpen({ permissions: viewer, limited: [] }, '/people')).toBe(false);
  expect(mayOpen({ permissions: [], limited: [] }, '/settings')).toBe(true);
});

test('who sees some endpoints has links to the pages that can show a part', () => {
  const some = { permissions: viewer, limited: viewer };
  expect(mayOpen(some, '/endpoints')).toBe(true);
  expect(mayOpen(some, '/rollouts')).toBe(true);
  expect(mayOpen(some, '/vulnerabilities')).toBe(true);
  expect(mayOpen(some, '/policies')).toBe(false);
});

test.each([
  ['/', 'open'],
  ['/endpoints/some-id', 'open'],
  ['/account', 'open'],
  ['/snapshots/some-id', 'whole-organisation-only'],
  ['/people', 'not-permitted'],
])('of %s whoever sees some endpoints is told: %s', (pathname, kind) =>
  expect(openingOf({ permissions: viewer, limited: viewer }, pathname).kind).toBe(kind),
);
