import type { Grammar } from '../grammar.ts';

export const pep440: Grammar = {
  realistic(random) {
    const release = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `20${random.below(30)}.${random.below(12)}.${random.below(31)}`,
      () => `${random.below(9)}.0.0.0`,
      () => String(random.below(99)),
    ])();
    const pre = random.chance(35)
      ? random.pick(['', '.', '-', '_']) +
        random.pick(['a', 'b', 'rc', 'c', 'alpha', 'beta', 'pre', 'preview', 'RC']) +
        random.pick(['', '0', '1', '.2', '-3', '_04'])
      : '';
    const post = random.chance(25) ? random.pick(['.post1', '-1', 'rev2', '.r0', 'post', '_post_3', '-0']) : '';
    const dev = random.chance(25) ? random.pick(['.dev1', 'dev', '-dev0', '_dev_2', '.DEV12']) : '';
    const local = random.chance(20) ? random.pick(['+local', '+1', '+ubuntu.1', '+cu118', '+a_1-2', '+01']) : '';
    return release + pre + post + dev + local;
  },
  alphabet: '0019..abrcdevpost-_+!',
  affixes: [
    '.0',
    '.0.0',
    '.00',
    'a',
    'a1',
    'b2',
    'rc1',
    '.dev0',
    '.dev',
    'dev1',
    '.post0',
    '.post',
    '-1',
    '-0',
    '+1',
    '+a',
    '+1.a',
    '.a',
    '-',
    '_',
    '.',
    '!',
    '.1',
  ],
  prefixes: ['0!', '1!', '2!', '00!', 'v', 'V', '0', '!', '1.', '99999999999999999999!', '.', '-'],
  strange: [
    '',
    'a',
    'latest',
    '1.0-',
    '1.0+',
    '1.0+é',
    '1.0+a+b',
    '1..0',
    '.1',
    '1.0.',
    '1 .0',
    '1.0x',
    '1.0dev1a1',
    '1.0.post1a1',
    '１.0',
    '1.0+a..b',
    '1!2!3',
    '2004d',
    '1.0-foo',
    '1.0.*',
    '\u001B',
  ],
};
