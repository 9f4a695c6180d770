import type { AgentVersionCounts, AgentVersionState } from '@thimble/protocol';
import { AGENT_WAVES } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';

interface Row {
  readonly version: string;
  readonly state: AgentVersionState['state'];
  readonly wave: number;
  readonly wave_since: Date;
  readonly started_at: Date;
  readonly explanation: string;
  readonly counts: AgentVersionCounts | null;
  readonly decided_by: string | null;
}

const SHOWN = 20;

/** Versions that are or were on their way, newest first. */
export async function versionStates(
  { database }: ServerContext,
  organisationId: string,
): Promise<readonly AgentVersionState[]> {
  const { rows } = await sql<Row>`
    select version, state, wave, wave_since, started_at, explanation, counts, decided_by from agent_version
    where organisation_id = ${organisationId} order by started_at desc, version desc limit ${SHOWN}`.execute(
    database.kysely,
  );
  return rows.map((row) => ({
    version: row.version,
    state: row.state,
    wave: row.wave,
    waves: AGENT_WAVES.length,
    waveSince: row.wave_since.toISOString(),
    startedAt: row.started_at.toISOString(),
    explanation: row.explanation,
    counts: row.counts,
    decidedBy: row.decided_by,
  }));
}
