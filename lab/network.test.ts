import { expect, test } from 'vitest';
import { bridgeAddress, freeNumber, labNetwork, vethName } from './network.ts';

test('each number has its own subnet between 10.77 and 10.99', () => {
  expect(labNetwork(0)).toEqual({ number: 0, bridge: 'tlab0', prefix: '10.77.0', gateway: '10.77.0.1' });
  expect(labNetwork(300).prefix).toBe('10.78.44');
  const last = 23 * 256 - 1;
  expect(labNetwork(last).prefix).toBe('10.99.255');
  expect(new Set(Array.from({ length: last + 1 }, (_, number) => labNetwork(number).prefix)).size).toBe(last + 1);
  // An interface's name has 15 characters at most.
  expect(vethName(last, 250).length).toBeLessThanOrEqual(15);
});

test('the bridge of a lab has a locally administered address that is its own', () => {
  expect(bridgeAddress({ number: 0 })).toBe('02:54:48:4d:00:00');
  expect(bridgeAddress({ number: 300 })).toBe('02:54:48:4d:01:2c');
});

test('a taken number is passed over; when all are taken that is a typed error', async () => {
  const number = await freeNumber((each) => each < 40);
  expect(number).toBeGreaterThanOrEqual(40);
  expect(await freeNumber((each) => each < 50, 23 * 256 - 1)).toBeGreaterThanOrEqual(50);
  expect(await freeNumber((each) => each > 50, 23 * 256 + 45)).toBeLessThanOrEqual(50);
  await expect(freeNumber(() => true)).rejects.toMatchObject({ code: 'no-subnet' });
});
