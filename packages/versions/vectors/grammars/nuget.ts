import type { Grammar } from '../grammar.ts';
import { semantic } from './semantic.ts';

export const nuget: Grammar = {
  ...semantic,
  realistic(random) {
    const numbers = random.pick([
      () => `${random.below(20)}.${random.below(30)}.${random.below(40)}`,
      () => `${random.below(9)}.${random.below(9)}`,
      () => `${random.below(9)}.${random.below(9)}.${random.below(9)}.${random.below(9)}`,
      () => `${random.below(9)}.0.0.0`,
      () => String(random.below(30)),
    ])();
    const labels = random.pick([
      '',
      '',
      '-beta',
      '-BETA',
      '-rc.1',
      '-RC.2',
      '-preview.7.23375.6',
      '-20260101120000',
      '--1',
    ]);
    return numbers + labels;
  },
  affixes: [...semantic.affixes, '-ALPHA', '.0.0', '-2147483647', '-2147483648', '--2147483648'],
};
