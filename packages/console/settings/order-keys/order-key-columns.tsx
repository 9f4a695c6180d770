import type { OrderKeyEntry, OrderKeyState } from '@thimble/protocol';
import { Ago } from '../../format/moment.tsx';
import type { StateLook } from '../../states/endpoint-states.ts';
import { StateBadge } from '../../states/state-badge.tsx';
import type { Column } from '../../tables/column.ts';

const LOOKS: Readonly<Record<OrderKeyState, StateLook>> = {
  signs: { label: 'Signs', tone: 'good', meaning: 'Orders are signed with it' },
  counts: { label: 'Counts', tone: 'wait', meaning: 'Replaced; orders that it signed are under way' },
  retired: { label: 'Retired', tone: 'quiet', meaning: 'Replaced; endpoints take no order of it any more' },
  revoked: { label: 'Revoked', tone: 'danger', meaning: 'It may be in wrong hands: nothing that it signed counts' },
};

/** As the command line and names of key files have it. */
const SHOWN_DIGITS = 16;

export const ORDER_KEY_COLUMNS: readonly Column<OrderKeyEntry>[] = [
  {
    id: 'key',
    header: 'Key',
    title: true,
    width: '30%',
    cell: ({ keyid }) => <code title={keyid}>{keyid.slice(0, SHOWN_DIGITS)}</code>,
  },
  { id: 'state', header: 'State', width: '8rem', cell: ({ state }) => <StateBadge look={LOOKS[state]} /> },
  { id: 'since', header: 'Signs since', width: '8.5rem', cell: ({ madeAt }) => <Ago at={madeAt} /> },
  {
    id: 'until',
    header: 'Replaced',
    width: '8.5rem',
    cell: ({ replacedAt }) => (replacedAt === null ? '–' : <Ago at={replacedAt} />),
  },
  { id: 'by', header: 'Made by', from: 'md', cell: ({ madeBy }) => madeBy },
];
