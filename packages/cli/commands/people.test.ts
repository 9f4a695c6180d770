import type { Invited, PersonList } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';

let fleet: CommandedFleet;
let invited: Invited;

beforeAll(async () => {
  fleet = await startCommandedFleet();
  const reply = await fetch(`${fleet.server.url}/api/v1/people`, {
    method: 'POST',
    headers: { cookie: await fleet.server.signIn(), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada\u001b[31m Lovelace', login: 'ada@example.org' }),
  });
  invited = (await reply.json()) as Invited;
});
afterAll(() => fleet.server.stop());

test('people are listed with their state, whatever their names hold', async () => {
  const { code, stdout } = await fleet.run(['people'], 140);
  expect(code).toBe(EXIT.ok);
  expect(stdout).toMatch(/NAME +LOGIN .*STATE .*LAST/);
  expect(stdout).toMatch(/Ada.*Lovelace +ada@example\.org .*invited/);
  expect(stdout).not.toContain('\u001b[31m');
  const list = await fleet.json<PersonList>('people', 'list');
  expect(list.items.map(({ id }) => id)).toContain(invited.person.id);
});

test('a token invites nobody, makes no links and shuts nobody out: that is for people, or on the server itself', async () => {
  for (const argv of [
    ['people', 'invite', 'Eve', 'eve@example.org'],
    ['people', 'link', 'ada@example.org'],
    ['people', 'disable', invited.person.id],
    ['people', 'unlink', invited.person.id],
    ['sign-in-link', 'ada@example.org'],
  ]) {
    const { code, stderr, stdout } = await fleet.run(argv);
    expect(code, argv.join(' ')).not.toBe(EXIT.ok);
    expect(stderr).toMatch(/nobody is there to confirm|are made on the server itself/);
    expect(stdout).toBe('');
  }
});

test('somebody is signed out everywhere; who is unknown is named', async () => {
  const { code, stderr } = await fleet.run(['people', 'sign-out', 'ADA@example.org']);
  expect({ code, stderr }).toMatchObject({ code: EXIT.ok, stderr: expect.stringContaining('signed out everywhere') });
  const unknown = await fleet.run(['people', 'sign-out', 'nobody']);
  expect(unknown.code).toBe(EXIT.usage);
  expect(unknown.stderr).toContain('thimble people list');
});
