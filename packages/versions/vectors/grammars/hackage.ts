import type { Grammar } from '../grammar.ts';

export const hackage: Grammar = {
  realistic: (random) =>
    random.pick([
      () => `${random.below(9)}.${random.below(30)}.${random.below(40)}.${random.below(9)}`,
      () => `${random.below(9)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `20${random.below(30)}${random.below(10)}.${random.below(9)}`,
      () => String(random.below(30)),
    ])(),
  alphabet: '0011299...',
  affixes: ['.0', '.1', '.00', '.01', '.', '.10', '-tag', '.a', 'a', '.999999999', '.1000000000', '.0.0'],
  prefixes: ['0', '00', '1.', '-', '.', 'v', '0.', '999999999.', '1000000000.'],
  strange: ['', 'a', '1..2', '.1', '1.', '1 2', '1.é', '１', '1+1', '*', '-1', '1-2', '1_2', '\u001B', '1.2-rc1'],
};
