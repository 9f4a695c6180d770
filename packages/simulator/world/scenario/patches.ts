import type { Random } from '../../random/random.ts';

/** An update that the snapshot has, and what is wrong with it. Shares are of endpoints. */
export interface Patch {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly lackedBy: number;
  /** Its maintainer script fails, in a trial too. */
  readonly failsToInstall: number;
  /** Its service does not come up again, which no trial shows. */
  readonly breaksService: number;
  readonly failsTrial: number;
  readonly needsReboot: boolean;
  /** Old code runs on until services are restarted by an order of their own. */
  readonly needsRestart: boolean;
}

export function drawPatches(random: Random): readonly Patch[] {
  const quality = random.pick(['good', 'good', 'good', 'flaky', 'bad'] as const);
  return Array.from({ length: random.between(1, 3) }, (_, n): Patch => {
    const wrong = (): number => (quality === 'good' ? 0 : quality === 'flaky' ? 0.15 * random.next() : 1);
    const how = random.pick(['install', 'service', 'trial'] as const);
    const isBad = n === 0;
    return {
      name: `package-${n + 1}`,
      from: '1',
      to: '2',
      lackedBy: n === 0 ? 1 : random.next(),
      failsToInstall: isBad && how === 'install' ? wrong() : 0,
      breaksService: isBad && how === 'service' ? wrong() : 0,
      failsTrial: isBad && how === 'trial' ? wrong() : 0,
      needsReboot: random.chance(0.2),
      needsRestart: random.chance(0.2),
    };
  });
}
