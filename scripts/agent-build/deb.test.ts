import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDeb } from './deb.ts';

const options = {
  executable: Buffer.from('#!/bin/sh\necho hello\n'),
  license: 'a license\n',
  version: '1.2.3',
  architecture: 'amd64',
  epoch: 1_767_225_600,
};

const run = (...words: string[]) => execFileSync('dpkg-deb', words, { encoding: 'utf8' });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-deb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the .deb', () => {
  test('is the same for the same input', async () => {
    expect((await makeDeb(options)).equals(await makeDeb(options))).toBe(true);
  });

  test('is read by dpkg-deb: control fields, contents and sums hold', async () => {
    const file = join(folder, 'x.deb');
    writeFileSync(file, await makeDeb(options));
    expect(run('--field', file, 'Package', 'Version', 'Architecture')).toBe(
      'Package: thimble-agent\nVersion: 1.2.3\nArchitecture: amd64\n',
    );
    run('--raw-extract', file, join(folder, 'out'));
    expect(execFileSync(join(folder, 'out/usr/bin/thimble'), { encoding: 'utf8' })).toBe('hello\n');
    execFileSync('md5sum', ['--check', '--quiet', 'DEBIAN/md5sums'], { cwd: join(folder, 'out') });
    for (const script of ['postinst', 'prerm', 'postrm'])
      execFileSync('sh', ['-n', join(folder, 'out/DEBIAN', script)]);
  });

  test('brings the root of its updates when there is one, and no other', async () => {
    const updateRoot = Buffer.from('{"signed":{}}');
    const list = async (more: object) => {
      const deb = join(folder, 'x.deb');
      writeFileSync(deb, await makeDeb({ ...options, ...more }));
      return run('--contents', deb);
    };
    expect(await list({ updateRoot })).toContain('./usr/share/thimble-agent/update-root.json');
    expect(await list({})).not.toContain('update-root');
  });

  test('brings units that systemd understands', async () => {
    const file = join(folder, 'x.deb');
    writeFileSync(file, await makeDeb(options));
    execFileSync('dpkg-deb', ['--raw-extract', file, join(folder, 'out')]);
    const units = join(folder, 'out/usr/lib/systemd/system');
    const service = execFileSync('cat', [join(units, 'thimble-agent.service')], { encoding: 'utf8' });
    expect(service).toContain('ExecStart=/usr/bin/thimble agent run --state-dir /var/lib/thimble-agent\n');
    expect(service).toContain('ConditionPathExists=/var/lib/thimble-agent/identity\n');
  });
});
