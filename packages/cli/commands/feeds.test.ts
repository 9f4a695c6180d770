import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningCommand, thimble } from '../testing/command.ts';
import { publishCatalogue } from '../testing/publish-catalogue.ts';

let directory: string;
let mirror: string;
let env: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-feeds-'));
  mirror = join(directory, 'mirror');
  env = { THIMBLE_ADVISORIES: join(directory, 'data', 'a.sqlite') };
  publishCatalogue(mirror, 2);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const feeds = (...argv: string[]) => thimble(['feeds', ...argv], { env });
const from = () => ['--mirror', pathToFileURL(mirror).href];

describe('thimble feeds', () => {
  it('synchronises, tells what is here, and once more when nothing was named', async () => {
    expect(await feeds('sync', 'kev', ...from())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^kev: 2 facts/),
    });
    publishCatalogue(mirror, 3);
    expect(await feeds('sync', ...from())).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kev: 3 facts/) });
    expect(await feeds('sync', ...from())).toMatchObject({ code: 0, stdout: 'kev: nothing new\n' });
    const list = JSON.parse((await feeds('list', '--json')).stdout);
    expect(list).toMatchObject({
      total: 1,
      items: [{ id: 'kev', health: 'fresh', factCount: 3, faultCount: 0, failure: null }],
    });
    expect((await feeds('list')).stdout).toMatch(/^FEED +STATE.*\nkev +fresh/);
    expect(await feeds('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('3 facts') });
  });

  it('keeps what was there when a feed fails, and says so by its exit code', async () => {
    await feeds('sync', 'kev', ...from());
    writeFileSync(join(mirror, 'kev', 'known_exploited_vulnerabilities.json'), '<html>');
    expect(await feeds('sync', ...from())).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('What was there stays'),
    });
    expect(await feeds('status', '--json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"factCount":2'),
    });
    expect(await feeds('list')).toMatchObject({ code: 0, stdout: expect.stringContaining('failing') });
  });

  it.each([
    ['nothing is named at first', ['sync'], /it has to be said what is wanted/],
    ['a feed is not known', ['sync', 'kevv'], /Is it kev\?/],
    ['a base address is none', ['sync', 'kev', '--base-url', 'kev=ftp://x'], /http, https or file/],
    ['a bundle is to be trusted without a key', ['import', 'x'], /whom to trust/],
    ['a bundle is not there', ['import', 'none', '--key', 'a'.repeat(64)], /none is not there/],
    ['a port is none', ['serve', '.', '--port', '99999'], /0 to 65535/],
  ])('says what is wrong when %s', async (_, argv, message) => {
    expect(await feeds(...argv)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it('carries everything to another machine in a signed bundle', async () => {
    await feeds('sync', 'kev', ...from());
    const bundle = join(directory, 'bundle');
    expect(await feeds('export', bundle)).toMatchObject({ code: 0 });
    const { fingerprint } = JSON.parse((await feeds('key', '--json')).stdout);
    expect(statSync(join(directory, 'data', 'feeds-signing-key.pem')).mode & 0o777).toBe(0o600);
    const there = ['--database', join(directory, 'there', 'b.sqlite')];
    expect(await feeds('import', bundle, '--key', 'b'.repeat(64), ...there)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('none of the trusted keys'),
    });
    expect(await feeds('import', bundle, '--key', fingerprint, ...there)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^kev: 2 records, new/),
    });
    expect((await feeds('list', '--json', ...there)).stdout).toContain('"factCount":2');
    expect(existsSync(`${bundle}.partial`)).toBe(false);
  });

  it('serves a mirror that another machine synchronises from, until it is interrupted', async () => {
    const serving = new RunningCommand(['feeds', 'serve', mirror, '--port', '0'], env);
    const [, url = ''] = await serving.says(/serving .* at (http:\S+)/);
    expect(await feeds('sync', 'kev', '--mirror', url)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^kev: 2 facts/),
    });
    const copy = join(directory, 'copy');
    expect(await feeds('mirror', copy, 'kev', '--mirror', url)).toMatchObject({ code: 0 });
    expect(existsSync(join(copy, 'kev', 'known_exploited_vulnerabilities.json'))).toBe(true);
    serving.kill('SIGTERM');
    await serving.ended();
    expect(serving.output).toContain('200 GET');
  });
});
