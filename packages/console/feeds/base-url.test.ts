import { expect, test } from 'vitest';
import { baseUrlProblem, isUnencrypted } from './base-url.ts';

test.each(['', '  ', 'https://mirror.example.org/', 'http://10.0.0.1:8080/feeds/debian'])(
  '“%s” can be used',
  (text) => {
    expect(baseUrlProblem(text)).toBeNull();
  },
);

test.each([
  ['mirror.example.org/debian/', /no address/],
  ['ftp://mirror.example.org/', /https: or http:/],
  ['javascript:alert(1)/', /https: or http:/],
  ['https://me:secret@mirror.example.org/', /password/],
  ['https://mirror.example.org/?a=1', /begins with \?/],
])('%s is refused with the reason', (text, words) => {
  expect(baseUrlProblem(text)).toMatch(words);
});

test('an address without encryption is told apart', () => {
  expect([isUnencrypted('http://a.example/'), isUnencrypted('https://a.example/'), isUnencrypted('x')]).toEqual([
    true,
    false,
    false,
  ]);
});
