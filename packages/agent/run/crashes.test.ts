import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeWorld, type Fate } from '../testing/simulation.ts';
import { orderId } from '../testing/orders.ts';

const kinds = fc.array(fc.constantFrom('apply', 'reboot', 'scan', 'forged'), { minLength: 1, maxLength: 5 });
const fates = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Fate>('fine') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('crash-before', 'crash-after', 'lost-request', 'lost-reply') },
  ),
  { maxLength: 150 },
);
/** More boots than an agent needs for all that can go wrong in one life. */
const MAX_BOOTS = 60;

describe('whatever crashes and whatever the network loses', () => {
  test('each genuine order has exactly one outcome, none is executed twice, no forged one is, and the watermark never goes back', async () => {
    await fc.assert(
      fc.asyncProperty(kinds, fates, async (wanted, given) => {
        const world = makeWorld(wanted, given);
        await world.live(MAX_BOOTS);
        for (const [at, kind] of wanted.entries()) {
          const id = orderId(at + 1);
          expect(world.outcomes.get(id)?.length ?? 0, `${kind} ${id}`).toBe(kind === 'forged' ? 0 : 1);
          expect(world.installed.filter((other) => other === id).length).toBeLessThanOrEqual(1);
          if (kind === 'forged') expect(world.installed).not.toContain(id);
        }
        expect(world.generations).toEqual([...world.generations].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });

  test('an installation that was begun ends as applied, never as refused or begun anew', async () => {
    await fc.assert(
      fc.asyncProperty(fates, async (given) => {
        const world = makeWorld(['apply'], given);
        await world.live(MAX_BOOTS);
        const [outcome] = world.outcomes.get(orderId(1)) ?? [];
        if (world.installed.length > 0) expect(['applied', 'failed']).toContain(outcome?.result.kind);
        if (outcome?.result.kind === 'applied') expect(world.installed).toEqual([orderId(1)]);
      }),
      { numRuns: 100 },
    );
  });

  test('a reboot shows in the boot id before and after', async () => {
    const world = makeWorld(['reboot'], []);
    expect(await world.live(MAX_BOOTS)).toBe(2);
    const result = world.outcomes.get(orderId(1))?.[0]?.result;
    expect(result).toMatchObject({ kind: 'rebooted', bootIdBefore: 'boot-1', bootIdAfter: 'boot-2' });
  });
});
