import { expect, test } from 'vitest';
import { commandIn } from './command-in.ts';

const home = { id: '01900000-0000-7000-8000-000000000001', name: 'Provider' };
const CLIENT_ID = '01900000-0000-7000-8000-000000000002';

test('a command at home says nothing of organisations', () => {
  expect(commandIn({ organisation: home, home }, 'thimble approvals')).toBe('thimble approvals');
});

test.each([
  ['Alder', `'Alder'`],
  ['Müller & Söhne (Nord)', `'Müller & Söhne (Nord)'`],
  [`O'Neill`, CLIENT_ID],
  [`x'; reboot #`, CLIENT_ID],
  ['two\nlines', CLIENT_ID],
])('a client called %j is named so that a shell takes it as one word', (name, word) => {
  expect(commandIn({ organisation: { id: CLIENT_ID, name }, home }, 'thimble approvals')).toBe(
    `thimble approvals --organisation ${word}`,
  );
});
