import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

/** What a refused sign-in leaves in the evidence, from a request with such a header. */
async function addressNoted(fleet: TestFleet, headers: Record<string, string>): Promise<unknown> {
  await fetch(`${fleet.url}/api/v1/session/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: fleet.url, ...headers },
    body: JSON.stringify({ login: 'nobody@example.org', password: 'not the password' }),
  });
  const { rows } = await fleet.context.database.pool.query<{ detail: { address: string } }>(
    "select detail from evidence where kind = 'sign-in-refused' order by sequence desc limit 1",
  );
  return rows[0]?.detail.address;
}

describe('a server with a trusted proxy', () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startTestFleet({ settings: { trustedProxies: '127.0.0.0/8, ::1', addressRequestsPerMinute: 40 } });
  });
  afterAll(() => fleet.stop());

  it('notes the address that the proxy saw, not what the client wrote', async () => {
    expect(await addressNoted(fleet, { 'x-forwarded-for': '1.1.1.1, 203.0.113.7' })).toBe('203.0.113.7');
  });

  it('never reads Forwarded, which a proxy that does not know it passes on', async () => {
    expect(await addressNoted(fleet, { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' })).toMatch(/127|::1/);
  });

  it('counts each client for itself', async () => {
    const ask = async (address: string) =>
      (await fetch(`${fleet.url}/api/v1/session`, { headers: { 'x-forwarded-for': address } })).status;
    const statuses: number[] = [];
    for (let count = 0; count < 42; count += 1) statuses.push(await ask('203.0.113.20'));
    expect(statuses.at(-1)).toBe(429);
    expect(await ask('203.0.113.21')).toBe(401);
  });
});

describe('a server without', () => {
  it('believes nobody', async () => {
    const fleet = await startTestFleet();
    try {
      expect(await addressNoted(fleet, { 'x-forwarded-for': '203.0.113.7' })).toMatch(/127|::1/);
    } finally {
      await fleet.stop();
    }
  });

  it.each(['10.0.0.0/33', 'everybody', '10.0.0.1;10.0.0.2'])('does not start with %s as proxies', async (setting) => {
    await expect(startTestFleet({ settings: { trustedProxies: setting } })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });
});
