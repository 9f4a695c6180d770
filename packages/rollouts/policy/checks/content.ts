import { warningAt } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

/** A ring proves something to the next one only for the same bytes. */
export const checkContent: PolicyCheck = function* ({ content, rings = [] }) {
  if (content === 'endpoint' && rings.length > 1)
    yield warningAt(
      ['content'],
      'nothing is frozen: a later ring may get newer versions than those that the ring before it proved',
      'write `snapshot: new` in a group `content`',
    );
};
