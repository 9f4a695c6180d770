import type { SimulateReply, SimulateRequest, SimulationJob } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/** A result is looked at, not kept: what it was computed from is another state tomorrow. */
const KEPT_MS = 24 * 3_600_000;
/** A server that computes says so each second; one that was silent for so long is gone. */
const SILENCE_MS = 60_000;

interface Row extends Omit<SimulationJob, 'createdAt'> {
  readonly created_at: Date;
}

/** @throws HttpProblem 404, also for another organisation's. */
export async function readJob(within: Kysely<Tables>, organisationId: string, id: string): Promise<SimulationJob> {
  const { rows } = await sql<Row>`
    select id, state, created_at, created_by as "createdBy", percent, error, reply from simulation
    where id = ${id} and organisation_id = ${organisationId}`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownSimulation();
  const { created_at: createdAt, ...job } = row;
  return { ...job, createdAt: createdAt.toISOString() };
}

/** One at a time for an organisation. @returns its id. @throws HttpProblem 409 `simulation-running`, with its id in `extra`. */
export async function insertJob(
  { database, clock, newId }: Pick<ServerContext, 'database' | 'clock' | 'newId'>,
  operator: { readonly organisationId: string; readonly name: string },
  request: SimulateRequest,
): Promise<string> {
  const id = newId();
  const { kysely } = database;
  await sweepJobs({ database, clock });
  const { rows } = await sql`
    insert into simulation (id, organisation_id, state, request, created_at, created_by, alive_at)
    values (${id}, ${operator.organisationId}, 'running', ${JSON.stringify(request)}::jsonb, ${clock()}, ${operator.name},
      ${clock()})
    on conflict (organisation_id) where state = 'running' do nothing returning id`.execute(kysely);
  if (rows.length > 0) return id;
  const running = await sql<{ id: string }>`
    select id from simulation where organisation_id = ${operator.organisationId} and state = 'running'`.execute(kysely);
  throw new HttpProblem(409, 'simulation-running', {
    detail: 'A simulation is being computed already.',
    hint: 'Wait for its end, or cancel it.',
    ...(running.rows[0] === undefined ? {} : { extra: { id: running.rows[0].id } }),
  });
}

/** @returns whether it still is to be computed: nobody cancelled it, and no other server gave it up. */
export async function noteProgress(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  id: string,
  percent: number,
): Promise<boolean> {
  const { rows } = await sql`
    update simulation set percent = greatest(percent, ${percent}), alive_at = ${clock()}
    where id = ${id} and state = 'running' returning id`.execute(database.kysely);
  return rows.length > 0;
}

/** What is over already stays as it is. */
export async function endJob(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  id: string,
  end: { readonly state: 'done'; readonly reply: SimulateReply } | { readonly state: 'failed'; readonly error: string },
): Promise<void> {
  const reply = end.state === 'done' ? JSON.stringify(end.reply) : null;
  await sql`
    update simulation set state = ${end.state}, reply = ${reply}::jsonb, ended_at = ${clock()},
      error = ${end.state === 'failed' ? end.error : null}, percent = case when ${end.state} = 'done' then 100 else percent end
    where id = ${id} and state = 'running'`.execute(database.kysely);
}

/** The thread that computes it ends within a second, wherever it is. One that is over is forgotten. @throws HttpProblem 404 */
export async function cancelJob(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  id: string,
): Promise<void> {
  const { rows } = await sql`
    with gone as (
      delete from simulation where id = ${id} and organisation_id = ${organisationId} and state <> 'running' returning id),
    cancelled as (
      update simulation set state = 'cancelled', ended_at = ${clock()}
      where id = ${id} and organisation_id = ${organisationId} and state = 'running' returning id)
    select id from gone union all select id from cancelled`.execute(database.kysely);
  if (rows.length === 0) throw unknownSimulation();
}

/** Forgets old ones, and gives up those whose server is gone. */
export async function sweepJobs({ database, clock }: Pick<ServerContext, 'database' | 'clock'>): Promise<void> {
  const nowMs = clock().getTime();
  await sql`delete from simulation where created_at < ${new Date(nowMs - KEPT_MS)} and state <> 'running'`.execute(
    database.kysely,
  );
  await sql`
    update simulation set state = 'failed', error = 'the server that computed it is gone', ended_at = ${clock()}
    where state = 'running' and alive_at < ${new Date(nowMs - SILENCE_MS)}`.execute(database.kysely);
}

function unknownSimulation(): HttpProblem {
  return new HttpProblem(404, 'unknown-simulation', {
    detail: 'There is no such simulation; they are kept for a day.',
  });
}
