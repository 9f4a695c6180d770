import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';

const CONTENT = 'abcdefghij'.repeat(1000);
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
  const directory = join(fleet.context.settings.data, 'downloads');
  await mkdir(directory);
  await writeFile(join(directory, 'thimble-agent_0.1.0_amd64.deb'), CONTENT);
  await writeFile(join(directory, 'thimble-agent-0.1.0-linux-x64'), 'binary');
  await writeFile(join(directory, 'notes.txt'), 'not for endpoints');
  await symlink(join(fleet.context.settings.data, 'keys'), join(directory, 'keys'));
});
afterAll(() => fleet.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${fleet.url}/api/v1/downloads${path}`, { headers });

describe('GET /downloads', () => {
  test('lists the agent’s files and no others, for whoever asks', async () => {
    expect(await (await get('')).json()).toEqual({
      items: [
        {
          name: 'thimble-agent-0.1.0-linux-x64',
          kind: 'executable',
          architecture: 'x64',
          version: '0.1.0',
          sizeBytes: 6,
          sha256: createHash('sha256').update('binary').digest('hex'),
        },
        {
          name: 'thimble-agent_0.1.0_amd64.deb',
          kind: 'deb',
          architecture: 'amd64',
          version: '0.1.0',
          sizeBytes: 10_000,
          sha256: createHash('sha256').update(CONTENT).digest('hex'),
        },
      ],
    });
  });

  test('200, 206 and 304', async () => {
    const whole = await get('/thimble-agent_0.1.0_amd64.deb');
    expect(await whole.text()).toBe(CONTENT);
    const etag = whole.headers.get('etag') ?? '';
    const part = await get('/thimble-agent_0.1.0_amd64.deb', { range: 'bytes=10-14' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 10-14/10000',
      'abcde',
    ]);
    expect((await get('/thimble-agent_0.1.0_amd64.deb', { 'if-none-match': etag })).status).toBe(304);
  });

  test('404 for what is not the agent’s, also by a path; 416 for a range beyond the end', async () => {
    for (const name of ['notes.txt', 'keys', '..%2Fkeys%2Forder.pem', '%2e%2e', 'thimble-agent_0.2.0_amd64.deb'])
      expect((await get(`/${name}`)).status, name).toBe(404);
    expect((await get('/thimble-agent_0.1.0_amd64.deb', { range: 'bytes=20000-' })).status).toBe(416);
  });
});
