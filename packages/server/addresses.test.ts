import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';

test.each([
  [{ host: '0.0.0.0', publicUrl: undefined }, `https://${hostname()}:9`, 'http://localhost:9'],
  [{ host: '127.0.0.1', publicUrl: 'https://patch.example.org/' }, 'https://patch.example.org', 'http://localhost:9'],
  [
    { host: '10.1.2.3', publicUrl: 'https://patch.example.org' },
    'https://patch.example.org',
    'https://patch.example.org',
  ],
])('%j is reached at %s, and on this machine at %s', (settings, url, localUrl) => {
  expect(addressesOf(settings, 9)).toMatchObject({ url, localUrl });
});

test.each([
  ['10.0.0.1:9', '/x?y', 'https://10.0.0.1:9/x?y'],
  ['[fd00::1]:9', '/x', 'https://[fd00::1]:9/x'],
  [undefined, '/x', `https://${hostname()}:9/x`],
  ['a b', '/', `https://${hostname()}:9/`],
  ['h', 'http://evil.example/', 'https://h:9/'],
])('plain HTTP that asked %s for %s is sent to %s', (host, target, expected) => {
  expect(addressesOf({ host: '0.0.0.0', publicUrl: undefined }, 9).secureAddress(host, target)).toBe(expected);
});

test('a public address goes before the one that was asked for', () => {
  const { secureAddress } = addressesOf({ host: '0.0.0.0', publicUrl: 'https://patch.example.org' }, 9);
  expect(secureAddress('10.0.0.1:9', '/x')).toBe('https://patch.example.org/x');
});
