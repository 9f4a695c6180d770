import type { PolicyDocument } from '@thimble/protocol';
import { parseRecurrence, type RecurrenceDocument } from '../calendar/parse-recurrence.ts';
import type { WindowRule } from '../calendar/window-rule.ts';
import { problemAt, type Finding, type Path } from './document/finding.ts';

/** What of a policy recurs, as rules. */
export interface Recurrences {
  readonly windows: readonly WindowRule[];
  /** null: nobody's calendar starts rollouts. */
  readonly every: WindowRule | null;
}

export function parseRecurrences(document: PolicyDocument): {
  readonly recurrences: Recurrences;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const windows = (document.windows ?? []).flatMap((window, index) => parsed(window, ['windows', index]) ?? []);
  return { recurrences: { windows, every: startOf() }, findings };

  function parsed(recurrence: RecurrenceDocument, path: Path): WindowRule | null {
    const result = parseRecurrence(recurrence);
    if (result.ok) return result.rule;
    findings.push(problemAt([...path, ...partsOf(result.problem.path)], result.problem.message));
    return null;
  }

  function startOf(): WindowRule | null {
    if (document.start === undefined) return null;
    const { urgent, ...recurrence } = document.start;
    if (Object.keys(recurrence).length > 0) return parsed({ name: 'start', ...recurrence }, ['start']);
    if (urgent === undefined) findings.push(problemAt(['start'], 'it says nothing; write `on`, `rrule` or `urgent`'));
    return null;
  }
}

/** `except[2]` as parts. */
function partsOf(path: string): Path {
  const match = /^(\w+)\[(\d+)\]$/.exec(path);
  return match === null ? [path] : [match[1] ?? '', Number(match[2])];
}
