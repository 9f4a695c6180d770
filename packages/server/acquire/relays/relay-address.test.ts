import { expect, test } from 'vitest';
import { relayAddress } from './relay-address.ts';

test.each([
  ['https://relay.example:8444', 'https://relay.example:8444'],
  ['https://[2001:db8::1]:8444/', 'https://[2001:db8::1]:8444'],
  ['https://edge.example/thimble/', 'https://edge.example/thimble'],
])('%s is where a relay may be', (text, expected) => {
  expect(relayAddress(text)).toBe(expected);
});

test.each([
  '',
  'http://relay.example:8444',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://user:secret@relay.example',
  'https://relay.example/?to=elsewhere',
  'https://',
  'https://169.254.169.254',
  'https://[::ffff:a9fe:a9fe]:8444',
  'https://metadata.google.internal/',
])('endpoints are never sent to %j', (text) => {
  expect(() => relayAddress(text)).toThrow(expect.objectContaining({ status: 422, code: 'bad-relay-address' }));
});
