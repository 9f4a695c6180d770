import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryContext } from '../../testing/index.ts';
import { readPackages } from './packages-index.ts';

const LISTS = '/var/lib/apt/lists';
const CAT = '/usr/lib/apt/apt-helper';
const found =
  existsSync(LISTS) && existsSync(CAT) ? readdirSync(LISTS).filter((name) => /_Packages(\.\w+)?$/.test(name)) : [];
if (found.length === 0) console.warn(`NOT TESTED: ${LISTS} has no package lists on this machine`);

/** What awk sees in the same file: it shares no code with ours. */
const AWK = String.raw`
function out() { if (p != "") print p, v, a, f, s, h, src; p = v = a = f = s = h = src = "" }
/^$/ { out() }
/^Package: / { p = $2 } /^Version: / { v = $2 } /^Architecture: / { a = $2 } /^Filename: / { f = $2 }
/^Size: / { s = $2 } /^SHA256: / { h = $2 } /^Source: / { src = $2 (NF > 2 ? " " substr($3, 2, length($3) - 2) : "") }
END { out() }`;

describe('the machine’s own package lists', () => {
  test.skipIf(found.length === 0).each(found)('%s is read as awk reads it', { timeout: 120_000 }, async (name) => {
    const options = { maxBuffer: 1024 * 1024 * 1024 };
    const text = execFileSync(CAT, ['cat-file', join(LISTS, name)], options);
    const expected = execFileSync('awk', [AWK], { ...options, input: text })
      .toString()
      .split('\n')
      .slice(0, -1);
    const context = createMemoryContext({ files: new Map() });
    const sha256 = createHash('sha256').update(text).digest('hex');
    const entry = { path: name, sha256, sha512: null, sizeBytes: text.length };
    const file = await context.keep(name, text);
    const index = { label: name, entry, packing: 'plain', unpacked: entry } as const;
    let at = 0;
    for await (const one of readPackages(index, file, context)) {
      const digest = one.check.kind === 'sha256' ? one.check.sha256 : '';
      const isNamed = one.source !== one.name;
      const isVersioned = one.sourceVersion !== one.version;
      const source = `${isNamed || isVersioned ? one.source : ''}${isVersioned ? ` ${one.sourceVersion}` : ''}`;
      const ours = `${one.name} ${one.version} ${one.architecture} ${one.path} ${one.sizeBytes} ${digest} ${source}`;
      // An assertion for each of 64,000 would take longer than the reading.
      if (ours !== expected[at]) expect(ours).toBe(expected[at]);
      at += 1;
    }
    expect(at).toBe(expected.length);
    expect(at).toBeGreaterThan(10);
  });
});
