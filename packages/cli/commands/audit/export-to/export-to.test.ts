import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EvidenceExport, EvidenceExportTest } from '@thimble/protocol';
import { loadTls } from '@thimble/server/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../../testing/fleet.ts';

let fleet: CommandedFleet;
let directory: string;
let receiver: Server;
let status = 200;
const seen: (string | undefined)[] = [];
beforeAll(async () => {
  directory = mkdtempSync('/tmp/thimble-export-to-');
  fleet = await startCommandedFleet();
  const { context } = fleet.server;
  const names = { given: undefined, names: ['localhost'], now: context.clock(), random: context.random };
  const tls = await loadTls({ dataDirectory: directory, ...names });
  writeFileSync(join(directory, 'ca.pem'), tls.authority ?? '');
  writeFileSync(join(directory, 'token'), 'Splunk 0123\n');
  receiver = createServer({ cert: tls.certificate, key: tls.key }, (request, reply) => {
    seen.push(request.headers.authorization);
    request.resume().on('end', () => reply.writeHead(status).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await fleet.server.stop();
  receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

const exportTo = (...argv: readonly string[]) => fleet.run(['audit', 'export-to', ...argv]);
const url = (): string => `https://localhost:${(receiver.address() as AddressInfo).port}/in`;
const set = (...more: readonly string[]) =>
  exportTo('set', 'siem', '--https', url(), '--authorities', join(directory, 'ca.pem'), ...more);

it('a receiver is set, tested, shown and taken away', async () => {
  expect(await set('--authorization', join(directory, 'token'))).toMatchObject({
    code: EXIT.ok,
    stderr: expect.stringContaining(`the evidence goes to ${url()}.`),
  });
  const test = await fleet.json<EvidenceExportTest>('audit', 'export-to', 'test', 'siem');
  expect(test).toMatchObject({ problem: null, sequence: expect.any(Number) });
  expect(new Set(seen)).toEqual(new Set(['Splunk 0123']));
  expect(await fleet.json<EvidenceExport>('audit', 'export-to', 'show', 'siem')).toMatchObject({ hasSecret: true });
  expect((await exportTo('show', 'siem')).stdout).toMatch(/Known there by: +authorization/);
  expect((await exportTo()).stdout).toContain('siem');
  expect(await exportTo('off', 'siem')).toMatchObject({ code: EXIT.ok, stderr: expect.stringContaining('no more') });
  expect(await exportTo('off', 'siem')).toMatchObject({ code: EXIT.failure });
});

it('a test that does not arrive says why, and ends with another code', async () => {
  status = 403;
  await set();
  const { code, stderr } = await exportTo('test', 'siem');
  expect({ code, stderr }).toEqual({ code: EXIT.failure, stderr: expect.stringContaining('status 403') });
  status = 200;
  await exportTo('off', 'siem');
});

it.each([
  ['no place', []],
  ['two places', ['--syslog', 'a:1', '--https', 'https://a.example']],
  ['a place without a port', ['--syslog', 'siem.example']],
  ['a secret of the other kind', ['--syslog', 'a:1', '--authorization', '/nowhere']],
  ['a file that is not there', ['--https', 'https://a.example', '--authorities', '/nowhere']],
])('%s is wrong usage', async (_, argv) => {
  expect(await exportTo('set', 'siem', ...argv)).toMatchObject({ code: EXIT.usage });
});
