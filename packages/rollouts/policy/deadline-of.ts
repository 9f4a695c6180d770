import { durationInWords } from './duration.ts';
import type { Deadlines } from './policy.ts';
import type { UpdateTraits } from './traits.ts';

export interface UpdateDeadline {
  /** Unix, milliseconds; null: there is none, or nobody can say. */
  readonly deadlineMs: number | null;
  /** A sentence without its full stop. */
  readonly because: string;
}

interface Rule {
  readonly name: string;
  readonly length: number | 'due-date';
}

/** By when an update has to be installed: the soonest of the deadlines that apply to it. */
export function deadlineOf(deadlines: Deadlines, update: UpdateTraits): UpdateDeadline {
  const own = rulesFor(deadlines, update).map((rule) => deadlineBy(rule, update));
  // Whose own deadline nobody can say has at least that of everything else.
  const candidates = own.some(({ deadlineMs }) => deadlineMs !== null)
    ? own
    : [...own, ...everythingElse(deadlines, update)];
  const [first] = candidates;
  if (first === undefined) return { deadlineMs: null, because: 'the policy has no deadline for it' };
  return candidates.reduce((soonest, each) => (isSooner(each, soonest) ? each : soonest), first);
}

function everythingElse({ otherMs }: Deadlines, update: UpdateTraits): readonly UpdateDeadline[] {
  return otherMs === null ? [] : [deadlineBy({ name: 'everything else', length: otherMs }, update)];
}

function rulesFor(deadlines: Deadlines, update: UpdateTraits): readonly Rule[] {
  const { kev, actMs, attendMs, criticalMs, highMs, mediumMs, lowMs } = deadlines;
  const ofSeverity = { critical: criticalMs, high: highMs, medium: mediumMs, low: lowMs, unknown: null };
  return [
    { name: 'known to be exploited', length: update.kev === null ? null : kev },
    { name: 'SSVC act', length: update.ssvc === 'act' ? actMs : null },
    { name: 'SSVC attend', length: update.ssvc === 'attend' ? attendMs : null },
    { name: `severity ${update.severity}`, length: ofSeverity[update.severity] },
  ].flatMap(({ name, length }) => (length === null ? [] : [{ name, length }]));
}

function deadlineBy({ name, length }: Rule, update: UpdateTraits): UpdateDeadline {
  if (length === 'due-date') {
    const dueMs = update.kev?.dueMs ?? null;
    return dueMs === null
      ? { deadlineMs: null, because: `${name}: CISA's catalogue states no due date for it` }
      : { deadlineMs: dueMs, because: `${name}: the due date of CISA's catalogue` };
  }
  return update.publishedMs === null
    ? { deadlineMs: null, because: `${name}: ${durationInWords(length)} from its publication, whose date nobody knows` }
    : { deadlineMs: update.publishedMs + length, because: `${name}: ${durationInWords(length)} from its publication` };
}

function isSooner(each: UpdateDeadline, soonest: UpdateDeadline): boolean {
  return each.deadlineMs !== null && (soonest.deadlineMs === null || each.deadlineMs < soonest.deadlineMs);
}
