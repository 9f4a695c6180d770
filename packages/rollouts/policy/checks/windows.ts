import type { PolicyDocument } from '@thimble/protocol';
import type { WindowRule } from '../../calendar/window-rule.ts';
import { problemAt, warningAt, type Finding } from '../document/finding.ts';
import { similarWord } from '../document/similar-word.ts';
import { durationInWords, durationMs } from '../duration.ts';
import type { PolicyCheck } from './check.ts';

/** Rings name windows that there are, and an installation fits into one of them. */
export const checkWindows: PolicyCheck = function* (document, { windows }) {
  const { rings = [] } = document;
  const names = (document.windows ?? []).map(({ name }) => name);
  for (const [ringIndex, ring] of rings.entries())
    for (const [index, name] of (ring.windows ?? []).entries())
      if (!names.includes(name)) yield problemAt(['rings', ringIndex, 'windows', index], noSuchWindow(name, names));
  for (const [index, name] of names.entries())
    if (rings.length > 0 && rings.every((ring) => ring.windows?.includes(name) === false))
      yield warningAt(['windows', index], `no ring uses window ${name}`);
  const expectedMs = durationMs(document.deploy?.expectedDuration ?? '');
  if (expectedMs === 0)
    yield problemAt(
      ['deploy', 'expectedDuration'],
      'an installation takes some time; with none, one could begin as its window ends',
    );
  else if (expectedMs !== null) yield* tooShort(document, windows, expectedMs);
};

function noSuchWindow(name: string, names: readonly string[]): string {
  if (names.length === 0) return `there is no window ${name}: the policy has no windows`;
  const similar = similarWord(name, names);
  return `there is no window ${name}; ${similar === null ? `there are ${names.join(', ')}` : `did you mean ${similar}?`}`;
}

/** Nothing begins that could end after its window. */
function* tooShort(
  { rings, windows: documents = [] }: PolicyDocument,
  windows: readonly WindowRule[],
  expectedMs: number,
): Iterable<Finding> {
  const needed = durationInWords(expectedMs);
  const users = rings ?? [{ name: null, windows: undefined }];
  for (const { name: ring, windows: wanted } of users) {
    const usable = windows.filter(({ name }) => wanted === undefined || wanted.includes(name));
    const [first, ...others] = usable;
    if (first === undefined) continue;
    const longest = others.reduce((long, each) => (each.durationMs > long.durationMs ? each : long), first);
    if (longest.durationMs >= expectedMs) continue;
    const of = ring === null ? '' : ` of ring ${ring}`;
    yield problemAt(
      ['deploy', 'expectedDuration'],
      `an installation of ${needed} fits into no window${of}: the longest, ${longest.name}, lasts ${durationInWords(longest.durationMs)}`,
    );
    return;
  }
  for (const [index, { name, lasts }] of documents.entries())
    if ((durationMs(lasts) ?? 0) < expectedMs)
      yield warningAt(['windows', index, 'lasts'], `nothing begins in window ${name}: an installation takes ${needed}`);
}
