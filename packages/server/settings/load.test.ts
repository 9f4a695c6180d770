import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SettingsSources, loadSettings, settingsDocument, settingsHelp, settingsTable } from './index.ts';

function load(changes: Partial<SettingsSources> & { files?: Record<string, string> } = {}) {
  return loadSettings({
    argv: [],
    environment: { HOME: '/home/ada' },
    workingDirectory: '/work',
    uid: 1000,
    readFile: (path) => changes.files?.[path],
    ...changes,
  });
}

describe('precedence', () => {
  const files = { '/etc/thimble/thimble.conf': '# comment\n\nport = 1001\nhost = 10.0.0.1\n' };
  test('default', () => expect(load().port).toBe(8443));
  test('file before default', () => expect(load({ files })).toMatchObject({ port: 1001, host: '10.0.0.1' }));
  test('environment before file', () =>
    expect(load({ files, environment: { THIMBLE_PORT: '1002' } })).toMatchObject({ port: 1002, host: '10.0.0.1' }));
  test('flag before environment', () =>
    expect(load({ files, environment: { THIMBLE_PORT: '1002' }, argv: ['--port', '1003'] }).port).toBe(1003));
  test('a named file replaces the usual one', () =>
    expect(load({ files: { ...files, '/work/my.conf': 'port=1004' }, argv: ['--config=my.conf'] })).toMatchObject({
      port: 1004,
      host: '0.0.0.0',
    }));
});

describe('data directory', () => {
  test('of root', () => expect(load({ uid: 0 }).data).toBe('/var/lib/thimble'));
  test('of a user', () => expect(load().data).toBe('/home/ada/.local/share/thimble'));
  test('of a user with XDG_DATA_HOME', () =>
    expect(load({ environment: { XDG_DATA_HOME: '/x' } }).data).toBe('/x/thimble'));
  test('a relative path starts where it was written', () => {
    expect(load({ argv: ['--data', 'd'] }).data).toBe('/work/d');
    expect(load({ environment: { THIMBLE_CONFIG: '/etc/t.conf' }, files: { '/etc/t.conf': 'data = d' } }).data).toBe(
      '/etc/d',
    );
  });
});

test.each([
  [{ argv: ['--port', '84a43'] }, 'bad-value', '--port: "84a43" is not a port from 0 to 65535'],
  [{ argv: ['--port', '70000'] }, 'bad-value', '--port'],
  [{ argv: ['--port', ''] }, 'bad-value', '--port'],
  [{ argv: ['--port', '-1'] }, 'bad-value', '--port'],
  [{ argv: ['--port', '1e3'] }, 'bad-value', '--port'],
  [{ argv: ['--port'] }, 'missing-value', '--port needs a value'],
  [{ argv: ['--prot', '1'] }, 'unknown-setting', '--prot'],
  [{ argv: ['8443'] }, 'unknown-setting', '8443'],
  [{ argv: ['--log-level', 'loud'] }, 'bad-value', 'one of silent, error'],
  [{ argv: ['--session-hours', '0'] }, 'bad-value', 'from 1 to 720'],
  [{ argv: ['--public-url', 'nowhere'] }, 'bad-value', 'a URL'],
  [{ argv: ['--time-zone', 'Europe/Atlantis'] }, 'bad-value', 'an IANA time zone'],
  [{ argv: ['--time-zone', '+02:00'] }, 'bad-value', 'an IANA time zone'],
  [{ argv: ['--tls-cert', 'c.pem'] }, 'missing-value', 'tls-key'],
  [{ environment: { THIMBLE_PORT: 'x' } }, 'bad-value', 'THIMBLE_PORT: "x"'],
  [{ argv: ['--config', 'no.conf'] }, 'bad-file', '/work/no.conf does not exist'],
  [{ files: { '/etc/thimble/thimble.conf': 'port 1' } }, 'bad-file', 'line 1 of /etc/thimble/thimble.conf'],
  [{ files: { '/etc/thimble/thimble.conf': '\nprot = 1' } }, 'unknown-setting', 'line 2'],
  [{ files: { '/etc/thimble/thimble.conf': 'port = 1\nport = 2' } }, 'bad-file', 'set twice'],
])('%j is refused as %s', (sources, code, message) => {
  expect(() => load(sources)).toThrow(expect.objectContaining({ code }) as Error);
  expect(() => load(sources)).toThrow(message);
});

test('a secret value is not repeated in its error', () => {
  expect(() => load({ argv: ['--database-url', 'postgres//u:hunter2@h/d'] })).toThrow(
    /--database-url: the value is not/,
  );
});

test('every setting is in the help', () => {
  for (const { name } of settingsTable)
    expect(settingsHelp()).toContain(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`);
});

test('docs/settings.md is what the table says (update: vitest run --update)', async () => {
  await expect(settingsDocument()).toMatchFileSnapshot(join(import.meta.dirname, '../../../docs/settings.md'));
});
