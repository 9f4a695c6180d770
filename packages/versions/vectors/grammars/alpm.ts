import type { Grammar } from '../grammar.ts';

export const alpm: Grammar = {
  realistic(random) {
    const version = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(99)}`,
      () => `20${random.below(30)}${random.digits(4)}`,
      () =>
        `${random.below(5)}.${random.below(20)}${random.pick(['rc', 'beta', 'alpha', 'pre', 'p'])}${random.below(9)}`,
      () => `${random.below(5)}.${random.below(20)}_${random.pick(['rc1', 'beta', 'alpha.2', '1'])}`,
      () => `${random.below(5)}.${random.below(20)}+r${random.below(400)}+g${random.soup('0123456789abcdef', 9)}`,
      () => `r${random.below(4000)}.${random.soup('0123456789abcdef', 7)}`,
    ])();
    const release = random.pick([
      () => '',
      () => `-${random.below(30)}`,
      () => `-${random.below(9)}.${random.below(4)}`,
    ])();
    return version + release;
  },
  alphabet: '0019aAbzZ._+-:~',
  affixes: [
    '.',
    '..',
    '_',
    '+',
    '-0',
    '-1',
    '-1.1',
    '-',
    'a',
    'z',
    'rc1',
    '.a',
    '..a',
    '..1',
    '.0',
    '0',
    '.1',
    '~',
    ':',
  ],
  prefixes: ['0:', '1:', '2:', '00:', '010:', ':', 'a:', '1:0:', '99999999999999999999:', 'v', '.', 'r'],
  strange: [
    '',
    'a',
    '_',
    '$',
    '%s',
    '-',
    '-1',
    '1-',
    ':',
    '1:',
    '--',
    '~',
    '*',
    '\\',
    '1 2',
    ' ',
    '1.0é',
    '１',
    '\u001B',
    '1.0-1-2',
  ],
};
