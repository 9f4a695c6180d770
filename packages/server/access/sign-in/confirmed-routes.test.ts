import { expect, test } from 'vitest';
import { ROUTE_PERMISSIONS } from '../permissions/route-permissions.ts';
import { LASTING_PERMISSIONS, UNCONFIRMED_ROUTES, confirmationOf } from './confirmed-routes.ts';

const changes = Object.entries(ROUTE_PERMISSIONS).filter(([route]) => !route.startsWith('GET '));

test.each(changes.filter(([, needed]) => needed === 'self' || LASTING_PERMISSIONS.has(needed)).map(([route]) => route))(
  '%s needs a proof, or is exempt with a reason',
  (route) => {
    expect(confirmationOf(route) === undefined).toBe(UNCONFIRMED_ROUTES.has(route));
  },
);

test.each([...UNCONFIRMED_ROUTES])('%s is exempt and there: it %s', (route) => {
  expect(ROUTE_PERMISSIONS).toHaveProperty([route]);
});

test('one’s own account, and those of others, are changed by people alone', () => {
  const own = changes.flatMap(([route]) =>
    / \/(me|people|identity-providers|sign-in-rules)\b/.test(route) ? [route] : [],
  );
  expect(own.length).toBeGreaterThan(15);
  // Grants are given by API tokens too, as far as their maker may.
  expect(own.filter((route) => confirmationOf(route) === 'tokens')).toEqual(['PUT /people/:id/grants']);
});

test.each([
  'PUT /four-eyes',
  'DELETE /roles/:id',
  'POST /organisations',
  'POST /approvers/proposals',
  'PUT /evidence/exports/:name',
  'POST /tokens',
  'POST /enrolment-tokens',
])('%s takes an API token’s word, and a session’s with a proof', (route) => {
  expect(confirmationOf(route)).toBe('tokens');
});

test('what only looks, and what brings things under control, needs none', () => {
  for (const route of [
    'GET /people',
    'POST /runs/:id/cancel',
    'POST /emergency-stop',
    'POST /endpoints/:id/quarantine',
  ])
    expect(confirmationOf(route), route).toBeUndefined();
});
