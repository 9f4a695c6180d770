import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openAdvisories } from '@thimble/feeds';
import { makeAdvisory, makeClaim } from '@thimble/feeds/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judge, type OwnFinding, readExceptions } from './judge.ts';
import { askThimble, readNpmAudit } from './sources.ts';

const finding = (more: Partial<OwnFinding> = {}): OwnFinding => ({
  by: 'npm',
  vulnerability: 'GHSA-1',
  package: 'lodash',
  version: null,
  severity: 'high',
  ...more,
});
const exception = { vulnerability: 'GHSA-1', package: 'lodash', reason: 'not reachable', until: '2026-06-30' };

describe('a vulnerability in what Thimble is made of', () => {
  test.each(['high', 'critical', 'unknown', 'something new'])('of severity %s is refused', (severity) => {
    expect(judge([finding({ severity })], [], '2026-06-30').refused).toHaveLength(1);
  });

  test.each(['low', 'moderate', 'medium', 'info'])('of severity %s is noted', (severity) => {
    expect(judge([finding({ severity })], [], '2026-06-30')).toMatchObject({ refused: [], noted: [{ severity }] });
  });

  test('is excused up to the last day of its exception, and no other is', () => {
    expect(judge([finding()], [exception], '2026-06-30')).toMatchObject({ refused: [], excused: [finding()] });
    expect(judge([finding()], [exception], '2026-07-01').refused).toHaveLength(1);
    expect(judge([finding({ package: 'other' })], [exception], '2026-06-30').refused).toHaveLength(1);
  });

  test.each([
    ['no reason', [{ ...exception, reason: ' ' }]],
    ['no end', [{ ...exception, until: undefined }]],
    ['an end that is no day', [{ ...exception, until: 'never' }]],
    ['no list', exception],
  ])('an exception with %s is refused itself', (_, list) => {
    expect(() => readExceptions(JSON.stringify(list))).toThrow(/exception/);
  });

  test('the exceptions of the house are well formed', () => {
    expect(readExceptions(readFileSync(join(import.meta.dirname, 'exceptions.json'), 'utf8'))).toBeInstanceOf(Array);
  });
});

describe('npm audit', () => {
  test('names each cause once, and not what only leads to it', () => {
    const via = [{ url: 'https://github.com/advisories/GHSA-x', title: 'x', severity: 'critical' }];
    const vulnerabilities = { tar: { name: 'tar', via }, mover: { name: 'mover', via: ['tar'] } };
    expect(readNpmAudit(JSON.stringify({ vulnerabilities }))).toEqual({
      kind: 'answered',
      findings: [finding({ vulnerability: 'GHSA-x', package: 'tar', severity: 'critical' })],
    });
  });

  test.each(['', '{}', '{"message":"405 Method Not Allowed"}', 'npm ERR!'])('that says %j has not answered', (text) => {
    expect(readNpmAudit(text).kind).toBe('unanswered');
  });
});

describe('Thimble’s own matcher', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync('/tmp/thimble-own-audit-');
    const store = openAdvisories(join(folder, 'advisories.sqlite'), 'write');
    const writer = await store.write('osv-npm', 'snapshot');
    await writer.advisories([
      makeAdvisory('GHSA-35jh-r3h4-6jhm', {
        vulnerabilities: ['CVE-2021-23337'],
        cvss: [
          { vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H', version: '3.1', score: 7.2, source: 'osv-npm' },
        ],
        provenance: { feed: 'osv-npm', record: 'GHSA-35jh-r3h4-6jhm', sha256: 'b'.repeat(64) },
        claims: [
          makeClaim({
            namespace: 'npm',
            name: 'lodash',
            nameKind: 'binary',
            scheme: 'semver',
            intervals: [{ introduced: '0', fixed: '4.17.21', lastAffected: null }],
            fix: { state: 'fixed', version: '4.17.21' },
          }),
        ],
      }),
    ]);
    await writer.commit({ validators: new Map(), watermark: null, faultCount: 0, faults: [], syncedAt: new Date() });
    store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const options = () => ['--offline', '--database', join(folder, 'advisories.sqlite')];
  const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });

  test('refuses a lock file with a vulnerable package, wherever it lies, and not one that only tests need', async () => {
    const bad = { version: '4.17.20', license: 'MIT' };
    const answer = await askThimble(
      lock({ 'node_modules/a/node_modules/lodash': bad, 'node_modules/lodash': { version: '4.17.21' } }),
      options(),
    );
    if (answer.kind !== 'answered') throw new Error(answer.why);
    expect(judge(answer.findings, [], '2026-01-01').refused).toMatchObject([
      { vulnerability: 'CVE-2021-23337', package: 'lodash', version: '4.17.20', severity: 'high' },
    ]);
    const only = await askThimble(lock({ 'node_modules/lodash': { ...bad, dev: true } }), options());
    expect(only).toEqual({ kind: 'answered', findings: [] });
  });

  test('that knows nothing of npm has not answered', async () => {
    const path = join(folder, 'other.sqlite');
    const store = openAdvisories(path, 'write');
    const writer = await store.write('debian-lists', 'snapshot');
    await writer.advisories([makeAdvisory('DSA-1', {})]);
    await writer.commit({ validators: new Map(), watermark: null, faultCount: 0, faults: [], syncedAt: new Date() });
    store.close();
    const answer = await askThimble(lock({ 'node_modules/a': { version: '1.0.0' } }), [
      '--offline',
      '--database',
      path,
    ]);
    expect(answer).toMatchObject({ kind: 'unanswered', why: expect.stringContaining('gap') });
  });

  test('without advisories has not answered', async () => {
    const answer = await askThimble(lock({}), ['--offline', '--database', join(folder, 'empty.sqlite')]);
    expect(answer.kind).toBe('unanswered');
  });
});
