import type { Grammar } from '../grammar.ts';

export const cran: Grammar = {
  realistic: (random) =>
    random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(20)}.${random.below(30)}-${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `${random.below(9)}.${random.below(9)}.${random.below(9)}.9000`,
      () => `20${random.below(30)}.${random.below(12)}-${random.below(31)}`,
      () => String(random.below(30)),
    ])(),
  alphabet: '0011299..--',
  affixes: ['.0', '-0', '.1', '-1', '.00', '.01', '.', '-', '.9000', '.a', 'a', '.2147483647', '.2147483648'],
  prefixes: ['0', '00', '1.', '1-', '-', '.', 'v', '0.', '2147483647.', '2147483648.'],
  strange: ['', 'a', '1..2', '.1', '1.', '1 2', '1.é', '１', '1+1', '*', '-1', '1.-2', '1_2', '\u001B', 'NA'],
};
