import type { Kysely } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { type NewEvidence, appendInEach } from '../../report/index.ts';
import { type Tables, asSystem } from '../../storage/index.ts';
import { alignClients } from '../inheritance/align-clients.ts';
import { assertDecidesForClients } from '../inheritance/assert-decides-for-clients.ts';
import { lockPolicies } from '../lock.ts';
import { publishPolicies } from '../publish.ts';

/** What somebody did to a policy. */
export interface PolicyChangeMade {
  /** It holds for clients, or did until now. */
  readonly concernsClients: boolean;
  readonly evidence: Omit<NewEvidence, 'organisationId' | 'at' | 'actor'>;
}

/**
 * One change of the caller's policies, with all that follows from it in the organisations below: all of it or nothing.
 *
 * @param act null: nothing is different. Its statements see all organisations: each names the caller's.
 * @throws HttpProblem 403 `not-in-clients`, and what `act` throws
 */
export async function changePolicies(
  context: ServerContext,
  operator: Principal,
  act: (within: Kysely<Tables>) => Promise<PolicyChangeMade | null>,
): Promise<void> {
  const { organisationId, name: actor } = operator;
  await asSystem(() =>
    context.database.kysely.transaction().execute(async (within) => {
      await lockPolicies(within, organisationId);
      const made = await act(within);
      if (made === null) return;
      if (made.concernsClients) await assertDecidesForClients(within, operator);
      await publishPolicies(context, organisationId, within);
      const own = { ...made.evidence, organisationId, at: context.clock(), actor };
      await appendInEach(within, [own, ...(await alignClients(within, context, actor, organisationId))]);
    }),
  );
}
