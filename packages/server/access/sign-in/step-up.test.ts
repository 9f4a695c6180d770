import { expect, test } from 'vitest';
import { ROUTE_PERMISSIONS } from '../permissions/route-permissions.ts';
import { CONFIRMED_ROUTES } from './step-up.ts';

test.each([...CONFIRMED_ROUTES.keys()])('%s is a route that people may call', (name) => {
  expect(ROUTE_PERMISSIONS).toHaveProperty([name]);
});

test('every change of one’s own account needs a proof, but for ending sessions', () => {
  const changes = Object.keys(ROUTE_PERMISSIONS).filter((name) => /^(POST|PUT|DELETE) \/me/.test(name));
  expect(changes.filter((name) => !CONFIRMED_ROUTES.has(name))).toEqual([
    'DELETE /me/sessions',
    'DELETE /me/sessions/:id',
  ]);
});
