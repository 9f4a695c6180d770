import { createRecordedHost } from '@thimble/drivers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderId } from '../../testing/orders.ts';
import { makeWorld, type Fate } from '../../testing/simulation.ts';

const ASKS = { body: { kind: 'reboot', reason: 'x', consent: { deferForSeconds: 7200 } } } as const;
const MAX_BOOTS = 80;
const TOUCHES = 200;
const fates = fc
  .array(
    fc.tuple(
      fc.integer({ min: 15, max: TOUCHES }),
      fc.constantFrom<Fate>('crash-before', 'crash-after', 'lost-request', 'lost-reply'),
    ),
    { maxLength: 6 },
  )
  .map((given) => Array.from({ length: TOUCHES }, (_, at) => new Map(given).get(at) ?? 'fine'));

test('an order that asks people has one outcome, and no machine reboots while they are there, wherever the agent is killed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fates,
      fc.integer({ min: 0, max: 6 }),
      fc.boolean(),
      async (given, looksWithPeople, isFollowed) => {
        let looks = 0;
        const host = createRecordedHost({
          commands: [
            {
              argv: (argv) => argv[1] === 'list-sessions',
              result: () => {
                looks += 1;
                return { stdout: looks <= looksWithPeople ? '1 1000 anna - -\n' : '' };
              },
            },
            {
              argv: (argv) => argv[1] === 'show-session',
              result: { stdout: 'Name=anna\nUser=1000\nClass=user\nState=active\n' },
            },
            { argv: (argv) => argv[0] === 'systemctl', result: {} },
          ],
        });
        const world = makeWorld(isFollowed ? [ASKS, 'apply'] : [ASKS], given, host);
        await world.live(MAX_BOOTS);
        const [outcome, second] = world.outcomes.get(orderId(1)) ?? [];
        expect(second).toBeUndefined();
        if (world.steps.includes('reboot')) expect(looks).toBeGreaterThan(looksWithPeople);
        if (!isFollowed) expect(outcome?.result.kind).toBe('rebooted');
        else {
          expect(world.installed).toEqual([orderId(2)]);
          // It rebooted first, or gave way.
          expect(['rebooted', 'refused']).toContain(outcome?.result.kind);
        }
      },
    ),
    { numRuns: 150 },
  );
});
