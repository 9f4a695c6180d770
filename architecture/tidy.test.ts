import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Tracked and new files; outside a checkout of git (a release archive) there is nothing to hold tidy. */
const files = execFileSync('git', ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)) && statSync(join(root, file)).isFile());
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('/fixtures/'));

describe('the tree is tidy', () => {
  it('has no source file over 400 lines: that is two ideas', () => {
    expect(
      sources.map((file) => ({ file, lines: text(file).split('\n').length })).filter(({ lines }) => lines > 401),
    ).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const allowed = /^(README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG|LICENSE)(\.md)?$/;
    const odd = files.filter((file) => {
      const name = file.split('/').at(-1) ?? '';
      return !file.includes('/fixtures/') && !allowed.test(name) && !/^[.a-z0-9][a-z0-9.-]*$/.test(name);
    });
    expect(odd).toEqual([]);
  });

  it('has no heaps called types, common, utils, helpers or manager', () => {
    expect(
      files.filter((file) => /(^|\/)(types|common|utils?|helpers?|managers?|misc)(\.tsx?)?(\/|$)/.test(file)),
    ).toEqual([]);
  });

  it('has no default export, suppressed check or postponed work', () => {
    const bad =
      /^export default|@ts-ignore|@ts-expect-error|@ts-nocheck|oxlint-disable|eslint-disable|\bas any\b|\b(TODO|FIXME|XXX)\b/m;
    expect(
      sources.filter((file) => !file.endsWith('.config.ts') && !file.endsWith('tidy.test.ts') && bad.test(text(file))),
    ).toEqual([]);
  });

  it('has no test that is switched off or alone', () => {
    const bad = /\b(it|test|describe)\.(only|todo)\b|\b(it|test|describe)\.skip\(/;
    expect(
      sources.filter((file) => /\.test\.tsx?$/.test(file) && !file.endsWith('tidy.test.ts') && bad.test(text(file))),
    ).toEqual([]);
  });

  it('records no download address in the lock file', () => {
    expect(text('package-lock.json').match(/"resolved": "https?:/g) ?? []).toEqual([]);
  });

  it('pins every dependency exactly', () => {
    const loose = files
      .filter((file) => file.endsWith('package.json'))
      .flatMap((file) => {
        const {
          dependencies = {},
          devDependencies = {},
          optionalDependencies = {},
        } = JSON.parse(text(file)) as Record<string, Record<string, string> | undefined>;
        return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
          .filter(([, version]) => !/^\d/.test(version))
          .map(([name, version]) => `${file}: ${name} ${version}`);
      });
    expect(loose).toEqual([]);
  });

  it('has an architecture page under 200 lines', () => {
    expect(text('ARCHITECTURE.md').split('\n').length).toBeLessThan(200);
  });
});
