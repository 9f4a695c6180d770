import type { Amount } from '@thimble/protocol';
import { warningAt } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

/** Nothing at a time is a way to stop, and rarely meant. */
export const checkAmounts: PolicyCheck = function* ({ atOnce, rings = [], budgets = [] }) {
  if (isNothing(atOnce)) yield warningAt(['atOnce'], 'nothing ever begins: 0 endpoints are worked on at a time');
  for (const [index, ring] of rings.entries())
    if (isNothing(ring.atOnce))
      yield warningAt(['rings', index, 'atOnce'], `nothing ever begins in ring ${ring.name}: 0 endpoints at a time`);
  for (const [index, { per, atMost }] of budgets.entries())
    if (isNothing(atMost))
      yield warningAt(['budgets', index, 'atMost'], `nothing ever begins where this budget counts (per ${per})`);
};

function isNothing(amount: Amount | undefined): boolean {
  return amount === 0 || amount === '0%';
}
