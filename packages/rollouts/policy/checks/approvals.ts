import { problemAt, warningAt } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';
import { gatesOf } from './gates.ts';

/** There are as many people as have to approve. */
export const checkApprovals: PolicyCheck = function* ({ approvals, gate, rings }) {
  const from = approvals?.from;
  if (from === undefined) return;
  const people = new Set(from).size;
  const asked = [
    { path: ['approvals', 'required'], count: approvals?.required ?? 0 },
    ...gatesOf({ gate, rings }).map(({ own, path }) => ({ path: [...path, 'approvals'], count: own.approvals ?? 0 })),
  ];
  for (const { path, count } of asked)
    if (count > people)
      yield problemAt(path, `${count} people have to approve, and only ${people} may`, 'see `approvals.from`');
  if (asked.every(({ count }) => count === 0))
    yield warningAt(
      ['approvals', 'from'],
      'nobody has to approve anything: `required` is 0, and so is it at every gate',
    );
};
