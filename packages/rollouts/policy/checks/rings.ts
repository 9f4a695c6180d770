import type { PolicyDocument } from '@thimble/protocol';
import { problemAt, warningAt, type Finding } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';
import { takesEveryone } from './filters.ts';

type Rings = NonNullable<PolicyDocument['rings']>;

/** Everybody is in one ring, and each ring teaches something to the next. */
export const checkRings: PolicyCheck = function* ({ rings = [] }) {
  yield* restFindings(rings);
  yield* percentFindings(rings);
  yield* soakFindings(rings);
  for (const [index, { name, members }] of rings.entries())
    if (members !== 'rest' && 'filter' in members && takesEveryone(members.filter) && rings.length > 1)
      yield warningAt(
        ['rings', index, 'members', 'filter'],
        `ring ${name} takes every endpoint, so that the other rings get none`,
        'write `members: rest` for those whom no other ring takes',
      );
};

function* restFindings(rings: Rings): Iterable<Finding> {
  // It need not be the last: databases may come after everybody else.
  const first = rings.findIndex(({ members }) => members === 'rest');
  for (const [index, { members }] of rings.entries())
    if (members === 'rest' && index !== first)
      yield problemAt(
        ['rings', index, 'members'],
        `ring ${rings[first]?.name ?? ''} takes the rest already, so that nobody is left`,
      );
}

function* percentFindings(rings: Rings): Iterable<Finding> {
  let sum = 0;
  for (const [index, { members }] of rings.entries()) {
    if (members === 'rest' || !('percent' in members)) continue;
    sum += members.percent;
    if (sum > 100) {
      yield problemAt(['rings', index, 'members', 'percent'], `the rings up to here take ${sum} % of the endpoints`);
      return;
    }
  }
  if (rings.length > 0 && sum < 100 && rings.every(({ members }) => members !== 'rest'))
    yield warningAt(
      ['rings'],
      'endpoints whom no ring takes are not patched',
      'add a ring with `members: rest` if that is not meant',
    );
}

function* soakFindings(rings: Rings): Iterable<Finding> {
  const [first, second] = rings;
  if (first === undefined || second === undefined || !(first.soak ?? '0m').startsWith('0')) return;
  yield warningAt(
    ['rings', 0],
    `ring ${first.name} is not watched: ring ${second.name} begins as soon as its last endpoint is patched`,
    'write for example `soak: 1d`',
  );
}
