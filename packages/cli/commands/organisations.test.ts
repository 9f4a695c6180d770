import type { EndpointList, Organisation, OrganisationList } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';

let fleet: CommandedFleet;
beforeAll(async () => {
  fleet = await startCommandedFleet();
  await fleet.agent('ours');
});
afterAll(() => fleet.server.stop());

test('a token shows its own organisation, makes a client and can’t enter it', async () => {
  const list = await fleet.run(['organisations']);
  expect(list.stdout).toMatch(/NAME +ENDPOINTS +STALE +EXPOSED +EXPLOITED +CRITICAL +HALTED +OVERDUE +TO APPROVE/);
  expect(list.stdout).toMatch(/Default +1 +0/);
  const made = await fleet.json<Organisation>('organisations', 'create', 'Alder Ltd');
  expect((await fleet.json<OrganisationList>('organisations')).items.map(({ name }) => name)).toEqual(['Default']);
  const within = await fleet.run(['endpoints', '--organisation', made.id]);
  expect(within.code).toBe(EXIT.failure);
  expect(within.stderr).toMatch(/may do nothing in this organisation/);
  expect((await fleet.run(['endpoints', '--organisation', 'Alder Ltd'])).code).toBe(EXIT.usage);
});

test('any command acts in the organisation that is named', async () => {
  const { items } = await fleet.json<EndpointList>('endpoints', '--organisation', 'default');
  expect(items.map(({ hostname }) => hostname)).toEqual(['ours']);
});

test('an archived organisation is brought back by its name', async () => {
  await fleet.json<Organisation>('organisations', 'create', 'Birch Ltd');
  const { id } = await fleet.json<Organisation>('organisations', 'create', 'Cedar Ltd');
  expect((await fleet.run(['organisations', 'unarchive', 'Cedar Ltd'])).code).toBe(EXIT.usage);
  await fleet.server.context.database.pool.query('update organisation set archived_at = now() where id = $1', [id]);
  const back = await fleet.json<Organisation>('organisations', 'unarchive', 'cedar ltd');
  expect(back).toMatchObject({ id, archivedAt: null });
});
