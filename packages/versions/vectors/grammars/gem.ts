import type { Grammar } from '../grammar.ts';

export const gem: Grammar = {
  realistic(random) {
    const numbers = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `${random.below(9)}.${random.below(9)}.${random.below(9)}.${random.below(9)}`,
      () => `${random.below(9)}.0.0`,
      () => `20${random.below(30)}${random.digits(4)}`,
      () => String(random.below(30)),
    ])();
    const suffix = random.pick([
      () => '',
      () => '',
      () => `.${random.pick(['pre', 'rc', 'beta', 'alpha', 'a', 'RC'])}${random.pick(['', '1', '.2', '0', '.0'])}`,
      () => `-${random.pick(['java', 'rc1', 'beta.2', '1', '0'])}`,
      () => `.${random.soup('0123456789abcdef', 7)}`,
    ])();
    return numbers + suffix;
  },
  alphabet: '0011..abZ--',
  affixes: [
    '.0',
    '.0.0',
    '.00',
    '.a',
    '.a0',
    '.a.0',
    '.0.a',
    '.pre',
    '.pre1',
    '-1',
    '-0',
    '-a',
    'a',
    'b1',
    '.rc1',
    '.Z',
    '-',
    '.',
    '.1',
    '0',
  ],
  prefixes: ['v', '0', '00', '1.', '-', '.', 'a', '0.', 'a.'],
  strange: [
    '',
    'a',
    'junk',
    '1..2',
    '.1',
    '1.',
    '1.2-',
    '1 2',
    '1.2_3',
    '1.é',
    '１',
    '1+1',
    '*',
    '-1',
    '1.-2',
    '\u001B',
  ],
};
