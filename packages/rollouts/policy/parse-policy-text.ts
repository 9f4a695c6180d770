import type { Finding } from './document/finding.ts';
import { problemAt } from './document/finding.ts';
import { parsePolicy, type ParsedPolicy, type PlaceOf } from './parse-policy.ts';
import { lineCounterOf, pathKey, readYaml, type Offsets } from './text/read-yaml.ts';

/** The largest sane policy has a few kilobytes (see PolicyText). */
const MAX_BYTES = 262_144;
const encoder = new TextEncoder();

/** A policy from YAML 1.2 or JSON; its problems have the line and column of what is wrong. */
export function parsePolicyText(text: string): ParsedPolicy {
  // A character has at most three bytes for each of its code units: what is shorter needs no copy to know.
  if (text.length > MAX_BYTES || (text.length * 3 > MAX_BYTES && encoder.encode(text).length > MAX_BYTES))
    return unreadable(problemAt([], `it is larger than ${MAX_BYTES / 1024} KB`), { line: 1, column: 1 });
  const positionOf = lineCounterOf(text);
  const read = readYaml(text);
  if (!read.ok) return unreadable(read.finding, positionOf(read.offset));
  return parsePolicy(read.value, placesIn(read.offsets, positionOf));
}

function unreadable(
  { message, hint }: Finding,
  place: { readonly line: number; readonly column: number },
): ParsedPolicy {
  return { ok: false, problems: [{ path: '', ...place, message, hint }] };
}

/** What is missing has no place: then it is that of the nearest that should hold it. */
function placesIn(offsets: Offsets, positionOf: ReturnType<typeof lineCounterOf>): PlaceOf {
  return ({ path, of }) => {
    const own = offsets.get(pathKey(path));
    if (own !== undefined) return positionOf(own[of]);
    for (let length = path.length - 1; length >= 0; length -= 1) {
      const near = offsets.get(pathKey(path.slice(0, length)));
      if (near !== undefined) return positionOf(near.key);
    }
    return null;
  };
}
