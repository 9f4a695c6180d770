import { expect, test } from 'vitest';
import { passwordFault } from './password-fault.ts';

const OWN = ['ada.lovelace', 'Ada Lovelace', 'ada@example.org'];

test.each([
  ['elevenchars', /11 characters; at least 12/],
  ['', /0 characters/],
  ['aaaaaaaaaaaaaa', /repeats/],
  ['abababababababab', /repeats/],
  ['passwordpassword', /many people/],
  ['P@ssw0rd-Password', /many people/],
  ['Administrator2026!', /many people/],
  ['1234567890123', /many people/],
  ['Ada.Lovelace', /your own/],
  ['ada@example.org', /your own/],
  ['adalovelaceadalovelace', /your own/],
])('%j is refused: %s', (password, why) => {
  expect(passwordFault(password, OWN)).toMatch(why);
});

test.each(['a river full of stones', 'tWelve-chars', 'пароль из двенадцати', '🦊 fox runs over hills'])(
  '%j is taken',
  (password) => {
    expect(passwordFault(password, OWN)).toBeUndefined();
  },
);
