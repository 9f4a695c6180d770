import type { EvidenceExport } from '@thimble/protocol';
import { type Column, formatAgo, plural, printable } from '../../../terminal/index.ts';

export const EXPORT_COLUMNS: readonly Column<EvidenceExport>[] = [
  { title: 'NAME', value: ({ name }) => name, leastWidth: 8 },
  { title: 'TO', value: (item) => placeOf(item), flexible: true, leastWidth: 16 },
  { title: 'AS', value: ({ format }) => format, dispensable: 2 },
  { title: 'BEHIND', value: ({ behind }) => String(behind), align: 'right' },
  {
    title: 'TROUBLE',
    value: ({ trouble }) => (trouble === null ? '-' : printable(trouble.message)),
    flexible: true,
    leastWidth: 12,
    dispensable: 1,
  },
];

export function exportFacts(item: EvidenceExport, nowMs: number): readonly (readonly [string, string])[] {
  const { name, destination, format, trouble } = item;
  const own = destination.kind === 'syslog' ? 'client certificate' : 'authorization';
  return [
    ['Name', name],
    ['To', placeOf(item)],
    ['As', format === 'ocsf' ? 'OCSF (JSON)' : 'text'],
    ['Receiver’s certificate', destination.authorities === null ? 'by this machine’s authorities' : 'by a given one'],
    ['Known there by', item.hasSecret ? own : 'nothing'],
    ['Sent', `up to record ${item.sentThrough}, ${plural(item.behind, 'record')} behind`],
    ['Last sent', formatAgo(item.lastSentAt, nowMs)],
    ['Trouble', trouble === null ? 'none' : printable(trouble.message)],
    ...(trouble === null
      ? []
      : ([
          ['Since', formatAgo(trouble.since, nowMs)],
          ['Next try', trouble.nextTryAt],
        ] as const)),
  ];
}

export function placeOf({ destination }: Pick<EvidenceExport, 'destination'>): string {
  return destination.kind === 'syslog'
    ? `syslog://${destination.host}:${destination.port}`
    : printable(destination.url);
}
