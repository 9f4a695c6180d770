import type { Grammar } from './grammar.ts';
import { seededRandom, type Random } from './random.ts';

export type Pair = readonly [string, string];

/**
 * Pairs of a scheme: mostly near neighbours (unrelated versions differ at their first sign, which proves little), some
 * unrelated, some mixed from the signs of the grammar, some that are no versions at all.
 */
export function pairsOf(grammar: Grammar, count: number, seed: number): readonly Pair[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const pair = pairOf(grammar, random);
    return random.chance(50) ? pair : ([pair[1], pair[0]] as const);
  });
}

function pairOf(grammar: Grammar, random: Random): Pair {
  const kind = random.below(100);
  const version = prefixed(grammar, random, grammar.realistic(random));
  if (kind < 10) return [version, prefixed(grammar, random, grammar.realistic(random))];
  if (kind < 55) return [version, mutated(grammar, random, version)];
  if (kind < 65) return [version, mutated(grammar, random, mutated(grammar, random, version))];
  if (kind < 80) {
    const soup = random.soup(grammar.alphabet, 12);
    return [soup, random.chance(60) ? mutated(grammar, random, soup) : random.soup(grammar.alphabet, 12)];
  }
  if (kind < 88) return sharingABeginning(grammar, random);
  if (kind < 94) return withLongDigits(random, version);
  const strange = random.pick(grammar.strange);
  return [random.chance(50) ? strange : version + strange, random.chance(50) ? version : random.pick(grammar.strange)];
}

function prefixed(grammar: Grammar, random: Random, version: string): string {
  return random.chance(20) ? random.pick(grammar.prefixes) + version : version;
}

/** One small change, of the kinds that compare functions get wrong. */
function mutated(grammar: Grammar, random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const before = text.slice(0, at);
  const after = text.slice(at);
  const signs = grammar.alphabet;
  const sign = signs.charAt(random.below(signs.length));
  switch (random.below(11)) {
    case 0:
      return before + sign + after;
    case 1:
      return before + after.slice(1);
    case 2:
      return before + sign + after.slice(1);
    case 3:
    case 4:
      return text + random.pick(grammar.affixes);
    case 5:
      return before + random.pick(grammar.affixes) + after;
    case 6:
      return random.pick(grammar.prefixes) + text;
    case 7:
      return text.replace(/[0-9]+/, (digits) => `0${digits}`);
    case 8:
      return text.replace(/[0-9]+(?=[^0-9]*$)/, (digits) => `${digits.slice(0, 12)}${random.below(10)}`);
    case 9:
      return text.replace(/[0-9](?=[^0-9]*$)/, () => String(random.below(10)));
    default:
      return text;
  }
}

function sharingABeginning(grammar: Grammar, random: Random): Pair {
  const beginning = grammar.realistic(random);
  const end = (): string => random.pick(grammar.affixes) + random.soup(grammar.alphabet, 4);
  return [beginning + end(), beginning + end()];
}

/** Beyond 2^53 and beyond 2^64: numbers that only a comparison of texts gets right. */
function withLongDigits(random: Random, version: string): Pair {
  const digits = random.digits(random.pick([17, 20, 25, 60]));
  const other = random.chance(50)
    ? digits.slice(0, -1) + String(random.below(10))
    : `${'0'.repeat(random.below(4))}${digits}`;
  return [`${version}.${digits}`, `${version}.${other}`];
}
