import type { Grammar } from '../grammar.ts';

export const composer: Grammar = {
  realistic(random) {
    const numbers = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `v${random.below(9)}.${random.below(9)}.${random.below(9)}.${random.below(9)}`,
      () => String(random.below(30)),
      () => `20${random.below(10)}${random.below(10)}.0${random.below(9)}.1${random.below(9)}`,
      () => `20${random.below(10)}${random.below(10)}-1${random.below(3)}-0${random.below(9)}`,
      () => `20${random.below(10)}${random.below(10)}1${random.below(3)}0${random.below(9)}`,
    ])();
    const suffix = random.pick([
      () => '',
      () => '',
      () =>
        random.pick(['-', '.', '_', '']) +
        random.pick(['alpha', 'beta', 'RC', 'rc', 'a', 'b', 'p', 'pl', 'patch', 'stable']) +
        random.pick(['', '1', '.2', '-3', '12']),
      () => random.pick(['-dev', 'dev', '.x-dev', '.*-dev', '.dev', '-beta1-dev', '-stable-dev']),
      () => `+${random.pick(['build', '1', 'abc.def'])}`,
    ])();
    return numbers + suffix;
  },
  alphabet: '0011..--abpRCdevx_',
  affixes: [
    '.0',
    '.0.0',
    '-alpha',
    '-beta',
    '-beta2',
    '.RC1',
    '-rc.1',
    '-p1',
    '-pl',
    '-patch2',
    'p',
    '-dev',
    '.x-dev',
    '-stable',
    '@dev',
    '+1',
    '-',
    '.',
    '.1',
    'a',
    'b-1.2',
  ],
  prefixes: ['v', 'V', '0', '00', '1.', 'dev-', '-', '.', 'DEV-', 'x.'],
  strange: [
    '',
    'a',
    'master',
    'trunk',
    'default',
    'dev-main',
    'dev-',
    '1.x',
    'x',
    '*',
    '1.0 as 2.0',
    '1,2',
    '1 2',
    '1.0é',
    '１',
    '1.0-foo',
    '1.0.0.0.0',
    '100000.0',
    '1.0-Stable',
    '1.0+',
    '1.0#abc',
    '\u001B',
  ],
};
