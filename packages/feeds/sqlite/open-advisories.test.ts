import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeStore, makeAdvisory, makeClaim, makeEpss } from '../testing/index.ts';
import { openAdvisories } from './open-advisories.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-advisories-'));
  file = join(directory, 'deep', 'advisories.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const KEY = { namespace: 'debian:12', nameKind: 'source', name: 'openssl' } as const;
const NOW = new Date('2026-01-01T00:00:00Z');
const RESULT = { watermark: null, validators: new Map(), syncedAt: NOW, faultCount: 0, faults: [] };

describeStore('the advisory database in one file', async () => {
  const advisories = openAdvisories(file, 'write');
  return { store: advisories, reader: advisories, close: async () => advisories.close() };
});

async function fill(count = 50): Promise<void> {
  const advisories = openAdvisories(file, 'write');
  const writer = await advisories.write('one', 'snapshot');
  await writer.advisories(Array.from({ length: count }, (_, index) => makeAdvisory(`A-${index}`)));
  await writer.facts([makeEpss('CVE-1-1', 0.1)]);
  await writer.commit(RESULT);
  advisories.close();
}

it('tells which namespaces its advisories speak of, and not those that have ended', async () => {
  await fill();
  const advisories = openAdvisories(file, 'write');
  const claims = [makeClaim({ namespace: 'alpine:3.19' })];
  for (const records of [[makeAdvisory('B-1', { claims }), makeAdvisory('B-2')], [makeAdvisory('B-2')]]) {
    const writer = await advisories.write('two', 'snapshot');
    await writer.advisories(records);
    expect((await advisories.named(['alpine:3.19'])).size).toBe(records.length === 2 ? 0 : 1);
    await writer.commit(RESULT);
  }
  expect([...(await advisories.named(['debian:12', 'debian', 'alpine:3.19', 'npm', '%']))]).toEqual(['debian:12']);
  advisories.close();
});

describe('a file that is no good', () => {
  it('is asked for when there is none', () => {
    expect(() => openAdvisories(file, 'read')).toThrow(expect.objectContaining({ code: 'no-advisories' }));
  });

  it.each([
    ['text', () => Buffer.from('not a database at all '.repeat(500))],
    ['a header alone', () => readFileSync(file).subarray(0, 100)],
    ['noise behind the header', () => Buffer.concat([readFileSync(file).subarray(0, 100), Buffer.alloc(9000, 0xa5)])],
  ])('%s: says that it is damaged and what to do', async (_, bytes) => {
    await fill();
    writeFileSync(file, bytes());
    const use = async () => {
      const advisories = openAdvisories(file, 'read');
      try {
        await advisories.claims([KEY]);
      } finally {
        advisories.close();
      }
    };
    await expect(use()).rejects.toMatchObject({
      code: 'advisories-damaged',
      hint: expect.stringContaining('feeds sync'),
    });
  });

  it('never answers with less than there was when pages are overwritten', async () => {
    await fill(2000);
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    for (let page = 1; page < pages; page += 17) {
      const broken = Buffer.from(whole);
      broken.fill(0xa5, page * 4096, (page + 1) * 4096);
      writeFileSync(file, broken);
      let count: unknown;
      try {
        const advisories = openAdvisories(file, 'read');
        count = await advisories.claims([KEY]).then(
          (claims) => claims.length,
          (error: unknown) => error,
        );
        advisories.close();
      } catch (error) {
        count = error;
      }
      if (count !== 2000) expect(count).toMatchObject({ code: 'advisories-damaged' });
    }
  });

  it('is refused when it belongs to another program', () => {
    const other = join(directory, 'other.sqlite');
    const connection = new DatabaseSync(other);
    connection.exec('CREATE TABLE holiday (name TEXT)');
    connection.close();
    const before = readFileSync(other);
    expect(() => openAdvisories(other, 'write')).toThrow(expect.objectContaining({ code: 'advisories-damaged' }));
    expect(readFileSync(other).equals(before)).toBe(true);
  });

  it('is refused when a newer Thimble wrote it', async () => {
    await fill();
    const connection = new DatabaseSync(file);
    connection.exec('PRAGMA user_version = 99');
    connection.close();
    expect(() => openAdvisories(file, 'read')).toThrow(expect.objectContaining({ code: 'advisories-too-new' }));
  });
});

describe('writers and readers', () => {
  it('refuses a second writer, in this process and in another connection', async () => {
    const first = openAdvisories(file, 'write');
    const second = openAdvisories(file, 'write');
    const writer = await first.write('one', 'snapshot');
    await expect(first.write('two', 'snapshot')).rejects.toMatchObject({ code: 'advisories-locked' });
    await expect(second.write('two', 'snapshot')).rejects.toMatchObject({ code: 'advisories-locked' });
    await writer.abandon();
    await (await second.write('two', 'snapshot')).abandon();
    first.close();
    second.close();
  });

  it('lets others read the last commit while one writes', async () => {
    await fill(1);
    const writing = openAdvisories(file, 'write');
    const reading = openAdvisories(file, 'read');
    const writer = await writing.write('one', 'snapshot');
    await writer.advisories([makeAdvisory('A-1'), makeAdvisory('A-2')]);
    expect(await reading.claims([KEY])).toHaveLength(1);
    await writer.commit(RESULT);
    expect(await reading.claims([KEY])).toHaveLength(2);
    reading.close();
    writing.close();
  });

  it('reads where nothing may be written', async () => {
    await fill(3);
    chmodSync(join(directory, 'deep'), 0o500);
    chmodSync(file, 0o400);
    try {
      const reading = openAdvisories(file, 'read');
      expect(await reading.claims([KEY])).toHaveLength(3);
      reading.close();
    } finally {
      chmodSync(join(directory, 'deep'), 0o700);
    }
  });

  it('has the last commit after a writer was killed', async () => {
    await fill(5);
    const program = `
      import { openAdvisories } from ${JSON.stringify(join(import.meta.dirname, 'open-advisories.ts'))};
      import { makeAdvisory } from ${JSON.stringify(join(import.meta.dirname, '../testing/records.ts'))};
      const writer = await openAdvisories(${JSON.stringify(file)}, 'write').write('one', 'snapshot');
      for (let index = 0; index < 40; index += 1)
        await writer.advisories(Array.from({ length: 100 }, (_, at) => makeAdvisory('B-' + index + '-' + at, { summary: 'x'.repeat(2000) })));
      console.log('written');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const after = openAdvisories(file, 'write');
    expect(await after.claims([KEY])).toHaveLength(5);
    const writer = await after.write('one', 'delta');
    await writer.advisories([makeAdvisory('C-1')]);
    await writer.commit(RESULT);
    expect(await after.claims([KEY])).toHaveLength(6);
    after.close();
  });
});

describe('whole records', () => {
  it('come back as they were written', async () => {
    const claims = [
      makeClaim({ name: 'b' }),
      makeClaim({ name: 'a', versions: Array.from({ length: 900 }, (_, n) => `1.${n}`) }),
    ];
    const advisory = makeAdvisory('A-1', {
      claims,
      summary: 'long '.repeat(1000),
      references: [{ kind: 'web', url: 'https://example.com/' }],
    });
    const fact = makeEpss('CVE-1-1', 0.3);
    const advisories = openAdvisories(file, 'write');
    const writer = await advisories.write('one', 'snapshot');
    await writer.advisories([advisory]);
    await writer.facts([fact]);
    await writer.commit(RESULT);
    expect(await Array.fromAsync(advisories.records('one'))).toEqual([
      { kind: 'advisory', advisory },
      { kind: 'fact', fact },
    ]);
    expect(await advisories.advisory('one', 'A-1')).toEqual(advisory);
    expect(await advisories.advisory('one', 'A-2')).toBeNull();
    advisories.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(statSync(join(directory, 'deep')).mode & 0o777).toBe(0o700);
  });
});
