import type { CreatedRelay } from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet?.stop());

/** 404: whoever asks may look. */
const statusFor = async (secret: string): Promise<number> => {
  const reply = await fetch(`${fleet.url}/content/objects/${'0'.repeat(64)}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  await reply.arrayBuffer();
  return reply.status;
};

test('an API token that is revoked reads nothing any more, however lately it did', async () => {
  const { json } = await fleet.call('POST', '/tokens', { name: 'export' });
  const { secret, token } = json as { secret: string; token: { id: string } };
  expect(await statusFor(secret)).toBe(404);
  expect((await fleet.call('DELETE', `/tokens/${token.id}`)).status).toBe(204);
  await settle(async () => (await statusFor(secret)) === 401, 20);
});

test('a relay that is removed reads nothing any more, however lately it did', async () => {
  const { json } = await fleet.call('POST', '/content/relays', { name: 'bern' });
  const { token, relay } = json as unknown as CreatedRelay;
  expect(await statusFor(token)).toBe(404);
  expect((await fleet.call('DELETE', `/content/relays/${relay.id}`)).status).toBe(204);
  await settle(async () => (await statusFor(token)) === 401, 20);
});
