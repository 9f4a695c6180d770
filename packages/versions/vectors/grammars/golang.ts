import type { Grammar } from '../grammar.ts';
import { semantic } from './semantic.ts';

export const golang: Grammar = {
  ...semantic,
  realistic(random) {
    const numbers = `${random.below(3)}.${random.below(12)}.${random.below(9)}`;
    const commit = `20${random.digits(12)}-${random.soup('0123456789abcdef', 12)}`;
    const version = random.pick([
      () => numbers,
      () => `${numbers}-rc.${random.below(9)}`,
      () => `${random.below(4)}.0.0-${commit}`,
      () => `${numbers}-0.${commit}`,
      () => `${numbers}-pre.0.${commit}`,
      () => `${random.below(20)}.0.0+incompatible`,
      () => `${random.below(20)}.${random.below(9)}`,
      () => String(random.below(20)),
    ])();
    return random.pick(['v', 'v', '']) + version;
  },
  affixes: [...semantic.affixes, '+incompatible', '+incompatible.1', '-0.20200101000000-abcdefabcdef'],
};
