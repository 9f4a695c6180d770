import type { Grammar } from '../grammar.ts';

/** Semantic Versioning, the common ground of npm, cargo, Go, Hex and pub. */
export const semantic: Grammar = {
  realistic(random) {
    const release = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `0.${random.below(9)}.${random.below(9)}`,
      () => `20${random.below(30)}.${random.below(12)}.${random.below(31)}`,
    ])();
    const prerelease = random.pick([
      () => '',
      () => '',
      () => `-${random.pick(['alpha', 'beta', 'rc', 'next', 'canary', 'dev'])}.${random.below(20)}`,
      () => `-${random.pick(['alpha', 'beta', 'rc', 'pre', 'SNAPSHOT'])}`,
      () => `-rc${random.below(12)}`,
      () => `-${random.below(9)}`,
      () => `-0.20${random.digits(6)}-${random.soup('0123456789abcdef', 8)}`,
      () => `-canary-${random.soup('0123456789abcdef', 8)}.0`,
    ])();
    const build = random.chance(15) ? `+${random.pick(['build', 'exp.sha.5114f85', '1', '1.4.2', '20130313'])}` : '';
    return release + prerelease + build;
  },
  alphabet: '001199.aAzZ--.+',
  affixes: [
    '-0',
    '-1',
    '-a',
    '-rc.1',
    '-rc.1.1',
    '-rc',
    '.0',
    '.00',
    '.1',
    '-',
    '--',
    '+1',
    '+',
    '.',
    '0',
    'a',
    '-01',
    '.x',
  ],
  prefixes: ['v', 'V', '=', '0', '00', '1.', 'v=', '+', '-', 'go', '^', '~', 'x.'],
  strange: [
    '',
    '1',
    '1.2',
    '1.2.3.4',
    '01.2.3',
    '1.02.3',
    '1.2.3-01',
    '1.2.3-',
    '1.2.3+',
    '1.2.3-a..b',
    '1.2.3-a_b',
    '1.2.3-é',
    '1.2.3 ',
    ' 1.2.3',
    '1 .2.3',
    '1.2.3-١',
    'latest',
    '*',
    '1.x',
    '9007199254740992.0.0',
    '9007199254740991.0.0',
    '18446744073709551615.0.0',
    '18446744073709551616.0.0',
  ],
};
