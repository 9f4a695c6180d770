import { APPROVER_SET_PAYLOAD_TYPE } from '@thimble/protocol';
import { makeApproverSet, makeKeyFile, signed, type TestApprover } from '@thimble/protocol/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPROVAL_ID, approvedBy, makeApproval } from '../testing/approvals.ts';
import { fakeHost } from '../testing/fake-driver.ts';
import { ORGANISATION_ID } from '../testing/fake-server.ts';
import { makeNews } from '../testing/news.ts';
import { APPLY, orderId } from '../testing/orders.ts';
import { makeWorld, type Beside, type Fate } from '../testing/simulation.ts';

const [anna, berta]: readonly [TestApprover, TestApprover] = [makeKeyFile(), makeKeyFile()];
const set = makeApproverSet(ORGANISATION_ID, 2, [[anna], [berta]]);
const beside: Beside = (key) => ({
  approvals: [approvedBy(makeApproval(), anna, berta)],
  trust: makeNews(key, { approverSets: [signed(set, APPROVER_SET_PAYLOAD_TYPE, [])] }),
});
const approved = { body: APPLY, approvalId: APPROVAL_ID };
const wanted = fc.array(fc.constantFrom(approved, { body: APPLY }), { minLength: 1, maxLength: 4 });
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
  test('what an approval allows is installed once, nothing without an approval is, and each order ends once', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fates, async (kinds, given) => {
        const world = makeWorld(kinds, given, fakeHost(), beside);
        await world.live(MAX_BOOTS);
        const ends = kinds.map((kind, at) => {
          const [outcome, ...others] = world.outcomes.get(orderId(at + 1)) ?? [];
          expect(others).toEqual([]);
          const { result } = outcome ?? {};
          if (kind !== approved) expect(result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
          return result;
        });
        const isApproved = kinds.includes(approved);
        expect(new Set(world.installed).size).toBe(isApproved ? 1 : 0);
        expect(ends.filter((result) => result?.kind === 'applied')).toHaveLength(isApproved ? 1 : 0);
      }),
      { numRuns: 100 },
    );
  });
});
