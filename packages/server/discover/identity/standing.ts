import type { CheckInReply } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { AgentRequest } from '../agent-gate.ts';

const DAY_MS = 24 * 3_600_000;

/** What a check-in's reply says of an endpoint's standing, and whether it shall make itself a new key. */
export async function standingReply(
  context: ServerContext,
  { endpointId, heartbeat }: AgentRequest,
  quarantined: boolean,
  bootId: string,
): Promise<Pick<CheckInReply, 'standing' | 'rotateKey'>> {
  if (quarantined) return inQuarantine(context, endpointId, bootId);
  if (heartbeat.standing === 'waiting') return { standing: { kind: 'waiting' } };
  const { agentKeyDays } = context.settings;
  const ageMs = context.clock().getTime() - heartbeat.keySince.getTime();
  return agentKeyDays > 0 && ageMs >= agentKeyDays * DAY_MS ? { rotateKey: true } : {};
}

/** The machine that a person chose proves itself by a new key; see `separate`. */
async function inQuarantine(
  { database }: ServerContext,
  endpointId: string,
  bootId: string,
): Promise<Pick<CheckInReply, 'standing' | 'rotateKey'>> {
  const { rows } = await sql<{ reason: string | null; keeping: string | null }>`
    select quarantine_reason as reason, keeping_boot_id as keeping from endpoint where id = ${endpointId}`.execute(
    database.kysely,
  );
  const [row] = rows;
  return {
    standing: { kind: 'quarantined', reason: row?.reason ?? '' },
    ...(row?.keeping === bootId ? { rotateKey: true } : {}),
  };
}
