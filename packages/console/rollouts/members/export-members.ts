import type { RolloutDetail, RolloutMember } from '@thimble/protocol';
import { everyPage } from '../../api/every-page.ts';
import type { MemberFilter } from '../../api/rollout-queries.ts';
import { useAction } from '../../feedback/use-action.ts';
import { toCsv } from '../../format/csv.ts';
import { downloadFile } from '../../format/download.ts';

const HEADER = [
  'hostname',
  'ring',
  'outcome',
  'explanation',
  'waits until',
  'planned start',
  'window',
  'deadline',
  'trial',
  'held by',
  'generation',
  'id',
];

/** Every member that the filter finds, not only those that were scrolled to, as a CSV file. */
export function useMemberExport({ summary }: RolloutDetail, filter: MemberFilter) {
  return useAction({
    run: () => everyPage<RolloutMember>(`/rollouts/${summary.id}/members`, filter),
    done: (all) => downloadFile('rollout-endpoints.csv', 'text/csv', toCsv(HEADER, all.map(rowOf))),
  });
}

function rowOf(member: RolloutMember): (string | number | null)[] {
  return [
    member.hostname,
    member.ring,
    member.outcome,
    member.explanation,
    member.waitsUntil,
    member.slot?.startsAt ?? null,
    member.slot?.window ?? null,
    member.deadline,
    member.trial,
    member.hold?.by ?? null,
    member.generation,
    member.endpointId,
  ];
}
