import type { Kysely } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import type { Account } from './own-account.ts';

/** In the transaction of the change: somebody can sign in in a new way, or in one way less. */
export async function recordCredential(
  { clock }: Pick<AccessContext, 'clock'>,
  within: Kysely<Tables>,
  { organisationId, personId, name }: Account,
  kind: 'credential-added' | 'credential-removed',
  what: string,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const summary = `${name} ${kind === 'credential-added' ? 'set' : 'removed'} ${what}`;
  await appendEvidence(within, [
    { organisationId, at: clock(), kind, actor: name, summary, detail: { personId, ...detail } },
  ]);
}
