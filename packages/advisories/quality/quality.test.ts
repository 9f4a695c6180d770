import { beforeAll, describe, expect, it } from 'vitest';
import { ALPINE } from './inventories/alpine.ts';
import { DEBIAN_11, DEBIAN_12, DEBIAN_UNSTABLE } from './inventories/debian.ts';
import { LIBRARIES } from './inventories/libraries.ts';
import { ALMALINUX_8, ALMALINUX_9 } from './inventories/rpm.ts';
import { LINUX_MINT, UBUNTU_16_04, UBUNTU_22_04 } from './inventories/ubuntu.ts';
import { measure, storeOf, type Store } from './measure.ts';

const INVENTORIES = [
  DEBIAN_12,
  DEBIAN_11,
  DEBIAN_UNSTABLE,
  UBUNTU_22_04,
  UBUNTU_16_04,
  LINUX_MINT,
  ALMALINUX_9,
  ALMALINUX_8,
  ALPINE,
  LIBRARIES,
];

/** What was reached, and may not fall. Labels can only be added. */
const RECORDED = { precision: 1, recall: 1, labels: 100 };

describe('the quality gate', () => {
  let store: Store;
  beforeAll(async () => {
    store = await storeOf(INVENTORIES);
  });

  it.each(INVENTORIES.map((inventory) => [inventory.name, inventory] as const))(
    '%s: every match is labelled, every label answered',
    (_name, inventory) => {
      const { falsePositives, falseNegatives, wronglyDecided, unlabelled } = measure(inventory, store);
      expect({ falsePositives, falseNegatives, wronglyDecided, unlabelled }).toEqual({
        falsePositives: [],
        falseNegatives: [],
        wronglyDecided: [],
        unlabelled: [],
      });
    },
  );

  it('precision and recall have not fallen', () => {
    const measured = INVENTORIES.map((inventory) => measure(inventory, store));
    const hits = measured.reduce((sum, each) => sum + each.truePositives, 0);
    const wrong = measured.reduce((sum, each) => sum + each.falsePositives.length, 0);
    const missed = measured.reduce((sum, each) => sum + each.falseNegatives.length, 0);
    const labels = measured.reduce((sum, each) => sum + each.labels, 0);
    const precision = hits / (hits + wrong);
    const recall = hits / (hits + missed);
    const f1 = (2 * precision * recall) / (precision + recall);
    process.stdout.write(
      `\nquality gate: ${labels} labels, ${hits} hits, ${wrong} wrong, ${missed} missed: ` +
        `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}\n`,
    );
    expect(precision).toBeGreaterThanOrEqual(RECORDED.precision);
    expect(recall).toBeGreaterThanOrEqual(RECORDED.recall);
    expect(labels).toBeGreaterThanOrEqual(RECORDED.labels);
  });

  it('can fail: without the records there is nothing but misses', async () => {
    const { truePositives, falseNegatives } = measure(DEBIAN_12, await storeOf([]));
    expect([truePositives, falseNegatives.length]).toEqual([
      0,
      DEBIAN_12.labels.filter(([, , truth]) => truth === 'affected').length,
    ]);
  });
});
