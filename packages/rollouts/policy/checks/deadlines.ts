import { warningAt } from '../document/finding.ts';
import { durationInWords, durationMs } from '../duration.ts';
import type { PolicyCheck } from './check.ts';

/** A deadline that is over before the last ring can begin is one that can't hold. */
export const checkDeadlines: PolicyCheck = function* ({ deadlines = {}, rings = [], select, always }) {
  const last = rings.at(-1);
  const soakMs = rings.slice(0, -1).reduce((sum, { soak }) => sum + (durationMs(soak ?? '') ?? 0), 0);
  // What is always taken may be exactly what has the short deadline.
  const ageMs = always === undefined ? (durationMs(select?.publishedAtLeast ?? '') ?? 0) : 0;
  if (soakMs + ageMs === 0) return;
  for (const [kind, length] of Object.entries(deadlines)) {
    const lengthMs = durationMs(length);
    if (lengthMs === null || lengthMs >= soakMs + ageMs) continue;
    const reasons = [
      ...(ageMs === 0 ? [] : [`updates wait ${durationInWords(ageMs)} after they are published`]),
      ...(soakMs === 0 ? [] : [`the rings before the last soak ${durationInWords(soakMs)} together`]),
    ];
    const who = last === undefined ? 'anything begins' : `ring ${last.name} begins`;
    yield warningAt(['deadlines', kind], `${length} are over before ${who}: ${reasons.join(', and ')}`);
  }
};
