import type { PolicySummary } from '@thimble/protocol';
import type { Client } from '../../client/index.ts';
import { pick } from '../content-resolve.ts';

/** By name or id. @throws CliError `unknown-policy`, `ambiguous-policy` */
export async function resolvePolicy(client: Client, text: string): Promise<PolicySummary> {
  return pick((await client.policies()).items, text, 'policy', 'There is none: thimble policies apply makes one.');
}
