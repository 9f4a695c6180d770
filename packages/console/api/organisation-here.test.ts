import { expect, test } from 'vitest';
import { addressIn, baseOf, fileAddress, organisationOf } from './organisation-here.ts';

const ID = '0197a1c2-0000-7000-8000-00000000000a';

test('an address names its organisation by a whole id at its start, or none', () => {
  expect(organisationOf(`/in/${ID}`)).toBe(ID);
  expect(organisationOf(`/in/${ID}/endpoints`)).toBe(ID);
  for (const address of ['/', '/endpoints', `/in/${ID}0`, `/in/${ID.toUpperCase()}`, `/endpoints/in/${ID}`, '/in/x'])
    expect(organisationOf(address)).toBeUndefined();
});

test('the address of a page leads back to its organisation', () => {
  expect(organisationOf(addressIn(ID, '/endpoints'))).toBe(ID);
  expect(addressIn(ID, '/endpoints').startsWith(baseOf(ID))).toBe(true);
  expect(addressIn(undefined, '/endpoints')).toBe('/endpoints');
});

test('a file at home is asked for without an organisation', () => {
  expect(fileAddress('/windows/ics', { from: 'a' })).toBe('/api/v1/windows/ics?from=a');
});
