import type { RolloutSummary } from '@thimble/protocol';
import type { Client } from '../../client/index.ts';
import { pick } from '../content-resolve.ts';

/** By name, id or `last`. @throws CliError `unknown-rollout`, `ambiguous-rollout` */
export async function resolveRollout(client: Client, text: string): Promise<RolloutSummary> {
  const { items } = await client.rollouts();
  const last = text === 'last' ? items.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0] : undefined;
  return last ?? pick(items, text, 'rollout', 'There is none: thimble rollouts start POLICY begins one.');
}
