import type { PolicySummary } from '@thimble/protocol';

/** Whose a policy is, and whether clients follow it; empty: it is of this organisation and for it alone. */
export function originInWords({ inherited, clients }: Pick<PolicySummary, 'inherited' | 'clients'>): string {
  if (inherited !== null) return `${inherited.enforced ? 'enforced' : 'inherited'} from ${inherited.from}`;
  if (clients === 'none') return '';
  return clients === 'enforced' ? 'enforced in clients' : 'for clients too';
}
