import type { Grammar } from '../grammar.ts';

export const windows: Grammar = {
  realistic: (random) =>
    random.pick([
      () => `10.0.${random.pick([17763, 19045, 20348, 22631, 26100])}.${random.below(6000)}`,
      () => `${random.below(140)}.0.${random.below(4000)}.${random.below(99)}`,
      () => `16.0.${random.below(9)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `${random.below(30000)}`,
    ])(),
  alphabet: '00199..-a',
  affixes: ['.0', '.0.0', '.1', '.', '0', '.00', '-1', 'a', '.1.2.3.4.5'],
  prefixes: ['0', '00', '1.', '.', 'v', '10.0.'],
  strange: ['', 'a', '*', '-1', '1..2', '1.', '1 2', '１', '0x10', '1e3', '1,2', '\u001B'],
};
