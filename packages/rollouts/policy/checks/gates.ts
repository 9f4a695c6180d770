import type { GateDocument, PolicyDocument } from '@thimble/protocol';
import type { Static } from 'typebox';
import { problemAt, warningAt, type Finding, type Path } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

type Gate = Static<typeof GateDocument>;

/** A gate can be passed, and not by everybody. */
export const checkGates: PolicyCheck = function* ({ gate, rings = [] }) {
  for (const { own, path } of gatesOf({ gate, rings })) {
    yield* probeFindings(own, path);
    if (own.successAtLeast === '0%')
      yield warningAt([...path, 'successAtLeast'], 'the gate is passed even if every endpoint fails');
  }
  for (const [index, ring] of rings.entries()) {
    const needed = ring.gate?.patchedAtLeast ?? gate?.patchedAtLeast ?? 0;
    if (ring.members !== 'rest' && 'count' in ring.members && needed > ring.members.count)
      yield problemAt(
        ['rings', index, ...(ring.gate?.patchedAtLeast === undefined ? [] : ['gate', 'patchedAtLeast'])],
        `ring ${ring.name} has ${ring.members.count} endpoints, and its gate needs ${needed} that were patched`,
      );
  }
};

/** The policy's gate, and what rings have instead. */
export function gatesOf({
  gate,
  rings = [],
}: {
  readonly gate?: Gate | undefined;
  readonly rings?: PolicyDocument['rings'];
}): readonly { readonly own: Gate; readonly path: Path }[] {
  return [
    ...(gate === undefined ? [] : [{ own: gate, path: ['gate'] }]),
    ...rings.flatMap((ring, index) =>
      ring.gate === undefined ? [] : [{ own: ring.gate, path: ['rings', index, 'gate'] }],
    ),
  ];
}

function* probeFindings({ probes = [] }: Gate, path: Path): Iterable<Finding> {
  for (const [index, { name, atLeast, atMost }] of probes.entries()) {
    const here = [...path, 'probes', index];
    if (atLeast === undefined && atMost === undefined)
      yield problemAt(
        here,
        `probe ${name} has no bound, so that every answer is good; write \`atMost\` or \`atLeast\``,
      );
    else if (atLeast !== undefined && atMost !== undefined && atLeast > atMost)
      yield problemAt(here, `no number is at least ${atLeast} and at most ${atMost}`);
  }
}
