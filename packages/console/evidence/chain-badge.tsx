import type { EvidenceList } from '@thimble/protocol';
import { plural } from '../format/quantity.ts';
import { StateBadge } from '../states/state-badge.tsx';

/** Whether the chain of digests was checked and holds. */
export function ChainBadge({ chain }: { chain: EvidenceList['chain'] }) {
  return chain.verified ? (
    <StateBadge
      look={{
        label: 'Chain verified',
        tone: 'good',
        meaning: `${plural(chain.length, 'record')}, head ${chain.headSha256 ?? 'none'}`,
      }}
    />
  ) : (
    <StateBadge look={{ label: 'Chain broken', tone: 'danger', meaning: 'a record was changed or removed' }} />
  );
}
