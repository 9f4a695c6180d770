import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GRAMMARS } from '../grammars/index.ts';
import { pairsOf } from '../pairs.ts';
import { agreement } from './agreement.ts';
import { digestOf, parseRecording } from './recording.ts';
import { TOOLS } from './tools.ts';

const FOLDER = join(import.meta.dirname, '../recorded');
/** Few enough for a process each, and of another seed than the recordings. */
const LIVE_PAIRS = 3_000;
const LIVE_SEED = 20_260_101;

/** The package managers of most servers. */
const FULL = new Set(['deb', 'rpm']);

function grammarOf(scheme: string) {
  const grammar = GRAMMARS.get(scheme);
  if (grammar === undefined) throw new Error(`there is no grammar for ${scheme}`);
  return grammar;
}

/** Those whose tools Debian has. */
const RECORDED = 'alpm composer cran deb gem golang hackage hex maven npm pep440 rpm'.split(' ');

describe('the recorded answers of native tools', () => {
  const schemes = readdirSync(FOLDER).map((name) => name.replace('.answers', ''));

  it('are there for the tools that Debian has', () => {
    expect(schemes).toEqual(expect.arrayContaining(RECORDED));
  });

  it.each(schemes)('%s: every pair has the order that the tool gave it', (scheme) => {
    const recording = parseRecording(readFileSync(join(FOLDER, `${scheme}.answers`), 'utf8'));
    const pairs = pairsOf(grammarOf(scheme), recording.count, recording.seed);
    expect(digestOf(pairs), 'the generator has changed: record again, see docs/versions.md').toBe(recording.sha256);
    expect(recording.count).toBeGreaterThanOrEqual(FULL.has(scheme) ? 50_000 : 10_000);
    const { signs } = agreement(scheme, { ...NO_TOOL }, pairs, []);
    const differing = pairs.flatMap((pair, index) =>
      signs[index] === recording.signs[index] ? [] : [{ pair, ours: signs[index], recorded: recording.signs[index] }],
    );
    expect(differing).toEqual([]);
    expect(signs).toHaveLength(recording.signs.length);
    expect(new Set(signs)).toEqual(new Set('<=>?'));
  });
});

const NO_TOOL = { name: 'none', version: () => null, order: async () => [], exceptions: [] };

describe.each([...TOOLS])('%s, the tool itself', (scheme, tool) => {
  const version = tool.version();
  if (version === null)
    process.stderr.write(`\n!!! SKIPPED: ${scheme} against ${tool.name}: this machine does not have it !!!\n\n`);

  it.skipIf(version === null)(
    `${tool.name} orders ${LIVE_PAIRS} new pairs in the same way`,
    async () => {
      const pairs = pairsOf(grammarOf(scheme), LIVE_PAIRS, LIVE_SEED);
      const { differing, signs } = agreement(scheme, tool, pairs, await tool.order(pairs));
      expect(differing).toEqual([]);
      expect(new Set(signs)).toEqual(new Set('<=>?'));
    },
    120_000,
  );
});
