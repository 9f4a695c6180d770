import type { OrderProgress } from '@thimble/protocol';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';

/** Longer messages than this are no line of a progress display, and a notification takes 8000 bytes. */
const MESSAGE_CHARACTERS = 500;

/** Keeps an order's newest progress and shows it live. It decides nothing and may be lost. */
export async function recordProgress(
  context: ServerContext,
  sender: { readonly endpointId: string; readonly organisationId: string },
  orderId: string,
  events: readonly OrderProgress[],
): Promise<void> {
  if (events.some((event) => event.orderId !== orderId))
    throw new HttpProblem(422, 'invalid-document', { detail: 'The progress is of another order than the path.' });
  const [newest] = [...events].sort((a, b) => b.sequence - a.sequence);
  if (newest === undefined) return;
  const progress = { ...newest, message: newest.message.slice(0, MESSAGE_CHARACTERS) };
  const { rows } = await context.database.pool.query<{ run_id: string | null }>(
    `update endpoint_order set progress = $3::jsonb
     where id = $1 and endpoint_id = $2 and outcome_at is null
       and coalesce((progress->>'sequence')::bigint, -1) < $4 returning run_id`,
    [orderId, sender.endpointId, JSON.stringify(progress), newest.sequence],
  );
  const [row] = rows;
  if (row === undefined) {
    const known = await context.database.pool.query('select 1 from endpoint_order where id = $1 and endpoint_id = $2', [
      orderId,
      sender.endpointId,
    ]);
    if (known.rows.length === 0) throw new HttpProblem(404, 'unknown-order', { detail: 'There is no such order.' });
    return;
  }
  await context.events.publish({
    organisationId: sender.organisationId,
    topic: 'progress',
    key: sender.endpointId,
    live: { kind: 'progress', runId: row.run_id, endpointId: sender.endpointId, progress },
  });
}
