import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { assess, lookupKeys, softwareOfPackage } from '../match/index.ts';
import { deb } from './labelled.ts';
import { storeOf } from './measure.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data/debian');
const present = existsSync(join(DATA, 'DSA-list.txt.gz')) && existsSync('/usr/bin/dpkg');
if (!present)
  process.stderr.write(
    '\n!!! SKIPPED: the whole of Debian against its advisories: ../shared/data or dpkg is not there !!!\n\n',
  );

const FRESH = { advisories: 'current', asOf: null, why: null, support: 'supported', supportNote: null } as const;
const text = (name: string): string => gunzipSync(readFileSync(join(DATA, name))).toString('utf8');

interface Fixed {
  readonly vulnerabilities: readonly string[];
  readonly source: string;
  readonly version: string;
}

/** Read with the plainest means, and not with the feed: `[bookworm] - source version` under a line of CVEs in braces. */
function fixedIn(list: string, codename: string): readonly Fixed[] {
  const found: Fixed[] = [];
  let vulnerabilities: readonly string[] = [];
  for (const line of list.split('\n')) {
    const head = /^\[.*?\] (D[SL]A-\S+)/.exec(line)?.[1];
    if (head !== undefined) vulnerabilities = [head];
    const ids = /^\t\{(.*)\}/.exec(line)?.[1];
    if (ids !== undefined) vulnerabilities = ids.trim().split(/\s+/);
    const [, release, source = '', version = ''] = /^\t\[(\w+)\] - (\S+) ([0-9][^\s<]*)/.exec(line) ?? [];
    if (release === codename) found.push({ vulnerabilities, source, version });
  }
  return found;
}

/** dpkg's own word on each pair: whether the first is earlier. */
function earlier(pairs: readonly (readonly [string, string])[]): readonly boolean[] {
  const script = 'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo 1; else echo 0; fi; done';
  const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
  const answers = spawnSync('/bin/sh', ['-c', script], { input, encoding: 'utf8' }).stdout.trim().split('\n');
  return answers.map((answer) => answer === '1');
}

/** Signed builds are in the archive beside the source that they repackage, and have its flaws. */
function repackaged(source: string): string {
  const series = /^linux-signed(-[0-9.]+)?-[a-z0-9]+$/.exec(source);
  if (series !== null) return `linux${series[1] ?? ''}`;
  if (/^shim-helpers-.*-signed$/.test(source)) return 'shim';
  if (/^systemd-boot-efi-.*-signed$/.test(source)) return 'systemd';
  if (/^grub-efi-.*-signed$/.test(source)) return 'grub2';
  return /^fwupd-.*-signed$/.test(source) ? 'fwupd-efi' : source;
}

describe.skipIf(!present)('the whole of a Debian release against its advisories', () => {
  it.each([
    ['bookworm', '12', 1000],
    ['trixie', '13', 300],
    // The newest of everything: nothing is left to find.
    ['bullseye-security', '11', 0],
  ])(
    '%s: what dpkg calls earlier than the repaired version is found, and nothing else',
    async (codename, versionId, least) => {
      const lists = ['DSA', 'DLA'].map((name) => ({ name, content: text(`${name}-list.txt.gz`) }));
      const installed = new Map(
        text('source-versions.tsv.gz')
          .split('\n')
          .map((line) => line.split('\t'))
          .flatMap(([suite, source = '', version = '']) => (suite === codename ? [[source, version] as const] : [])),
      );
      const repairs = lists.flatMap(({ content }) => fixedIn(content, codename.replace('-security', '')));
      const rows = [...installed.keys()].flatMap((source) => {
        const original = repackaged(source);
        const own = installed.get(original) ?? '';
        return repairs
          .filter((repair) => repair.source === original)
          .map(({ version, vulnerabilities }) => ({ source, vulnerabilities, pair: [own, version] as const }));
      });
      const answers = earlier(rows.map(({ pair }) => pair));
      expect(answers).toHaveLength(rows.length);
      const expected = new Set(
        rows.flatMap(({ source, vulnerabilities }, index) =>
          answers[index] === true ? vulnerabilities.map((id) => `${id} ${source}`) : [],
        ),
      );

      const records = lists.map(({ name, content }) => ({
        feed: 'debian-lists',
        role: 'list',
        path: `data/${name}/list`,
        content,
      }));
      const store = await storeOf([{ name: codename, records, os: null, packages: {}, purls: {}, labels: [] }], {
        faults: true,
      });
      const os = { id: 'debian', idLike: [], versionId, codename };
      const found = new Set<string>();
      const undecided: string[] = [];
      for (const [source, version] of installed) {
        const software = softwareOfPackage(deb(source, version), os);
        for (const { vulnerability, outcome } of assess(software, store.claims(lookupKeys(software)), { fresh: FRESH })
          .verdicts)
          if (outcome === 'affected') found.add(`${vulnerability} ${source}`);
          else undecided.push(`${vulnerability} ${source}`);
      }
      const missed = [...expected].filter((each) => !found.has(each));
      const wrong = [...found].filter((each) => !expected.has(each));
      process.stdout.write(
        `\n${codename}: ${installed.size} sources, ${rows.length} repairs, ${found.size} findings, ${missed.length} missed, ` +
          `${wrong.length} wrong, ${undecided.length} undecided\n`,
      );
      expect({ missed, wrong, undecided }).toEqual({ missed: [], wrong: [], undecided: [] });
      expect(expected.size).toBeGreaterThanOrEqual(least);
    },
    120_000,
  );
});
