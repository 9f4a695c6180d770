import type { ApprovalDetail } from '@thimble/protocol';
import { CliError } from '../../cli-error.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';

/** By the beginning or end of its id, or `last`: the newest that is open. @throws CliError `unknown-approval`, `ambiguous-approval` */
export async function resolveApproval(client: Client, text: string): Promise<ApprovalDetail> {
  const { items } = await client.approvals();
  const found =
    text === 'last'
      ? items.filter(({ state }) => state === 'open').slice(0, 1)
      : items.filter(({ id }) => id === text || (text.length > 3 && (id.startsWith(text) || id.endsWith(text))));
  const [only] = found;
  if (only !== undefined && found.length === 1) return client.approval(only.id);
  throw new CliError(
    only === undefined ? 'unknown-approval' : 'ambiguous-approval',
    only === undefined
      ? `there is no request ${JSON.stringify(text)}`
      : `${found.length} requests fit ${JSON.stringify(text)}`,
    { hint: 'The command `thimble approvals` lists them.', exitCode: EXIT.usage },
  );
}
