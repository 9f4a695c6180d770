import type { Lane } from '@thimble/protocol/signing';
import type { Pool } from 'pg';
import { asSystem } from '../storage/index.ts';

/** An order without an outcome, as far as a check-in needs it. */
export interface OpenOrder {
  readonly id: string;
  readonly generation: number;
  readonly delivered: boolean;
  /** A new order, or a cancellation that the endpoint has not got yet. */
  readonly news: boolean;
}

/** `waiting`: a person has to let it in first. Only `admitted` gets orders and content. */
export type Standing = 'admitted' | 'waiting' | 'quarantined';

/** What is known of an endpoint whose request was just accepted. */
export interface Heartbeat {
  readonly standing: Standing;
  /** How many keys it had before the present one. */
  readonly keyNumber: number;
  readonly keySince: Date;
  readonly manifestSha256: string | null;
  readonly systemSha256: string | null;
  readonly updatesSha256: string | null;
  readonly repositoriesSha256: string | null;
  readonly reportedManifest: string | null;
  readonly reportedSystem: string | null;
  readonly reportedUpdates: string | null;
  readonly reportedRepositories: string | null;
  readonly bootId: string;
  readonly agentVersion: string;
  readonly takesUpdates: boolean;
  readonly openOrders: readonly OpenOrder[];
}

export type Advance =
  | { readonly kind: 'accepted'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'stale'; readonly lastSequence: number }
  | { readonly kind: 'removed' };

interface Entry {
  readonly endpointId: string;
  readonly lane: Lane;
  readonly sequence: number;
  readonly heldUntil: Date | null;
  readonly resolve: (advance: Advance) => void;
  readonly reject: (error: unknown) => void;
}

/** One statement takes up to this many: arrays of 500 parse in well under a millisecond. */
const BATCH_LIMIT = 500;
/** What waits for the database at most; beyond it the server says that it is busy. */
const WAITING_LIMIT = 20_000;

export class LanesBusy extends Error {
  readonly code = 'busy';
}

/**
 * Decides which requests are new and notes that their endpoints are alive. All replicas decide by the same row, so a
 * request is accepted once at most.
 *
 * Requests are gathered while the statement before is under way, and then go in one: 1,500 check-ins a second are a few
 * dozen statements. These commit asynchronously. A crash of PostgreSQL may forget the last half second of sequences, and
 * nothing is lost by it: whatever else a request changes commits synchronously after it, and that commit carries the
 * sequence's WAL record to the disk before its own. So only a request that changed nothing can be repeated.
 */
export class Lanes {
  readonly #pool: Pool;
  readonly #clock: () => Date;
  #waiting: Entry[] = [];
  #running = false;

  constructor(pool: Pool, clock: () => Date) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** @param heldUntil for the lane `held`: until when the request may stay open. @throws LanesBusy */
  advance(endpointId: string, lane: Lane, sequence: number, heldUntil: Date | null): Promise<Advance> {
    if (this.#waiting.length >= WAITING_LIMIT) throw new LanesBusy('too many requests wait for the database');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ endpointId, lane, sequence, heldUntil, resolve, reject });
      // Requests of all organisations go together.
      if (!this.#running) void asSystem(() => this.#run());
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // One turn of the event loop, so that what arrived together goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      await this.#write(batch.main, 'main').catch((error: unknown) => rejectAll(batch.main, error));
      await this.#write(batch.held, 'held').catch((error: unknown) => rejectAll(batch.held, error));
    }
    this.#running = false;
  }

  /** Of an endpoint's requests in one lane only the first is taken: a statement changes a row once. */
  #take(): { main: Map<string, Entry>; held: Map<string, Entry> } {
    const batch = { main: new Map<string, Entry>(), held: new Map<string, Entry>() };
    const later: Entry[] = [];
    for (const entry of this.#waiting) {
      const lane = batch[entry.lane];
      if (lane.size >= BATCH_LIMIT || lane.has(entry.endpointId)) later.push(entry);
      else lane.set(entry.endpointId, entry);
    }
    this.#waiting = later;
    return batch;
  }

  async #write(batch: ReadonlyMap<string, Entry>, lane: Lane): Promise<void> {
    if (batch.size === 0) return;
    const entries = [...batch.values()].sort((a, b) => (a.endpointId < b.endpointId ? -1 : 1));
    const rows = await this.#query(entries, lane).catch((error: unknown) => {
      // Two replicas that took the same rows in another order: the loser of the two simply goes again.
      if ((error as { code?: unknown }).code === '40P01') return this.#query(entries, lane);
      throw error;
    });
    const rest = new Map(batch);
    for (const row of rows) {
      rest.get(row.endpoint_id)?.resolve({ kind: 'accepted', heartbeat: toHeartbeat(row) });
      rest.delete(row.endpoint_id);
    }
    if (rest.size > 0) await this.#refuse(rest, lane);
  }

  async #query(entries: readonly Entry[], lane: Lane): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query<Row>({
      name: `advance-${lane}`,
      text: lane === 'main' ? ADVANCE_MAIN : ADVANCE_HELD,
      values: [
        entries.map(({ endpointId }) => endpointId),
        entries.map(({ sequence }) => sequence),
        this.#clock(),
        ...(lane === 'held' ? [entries.map(({ heldUntil }) => heldUntil)] : []),
      ],
    });
    return rows;
  }

  async #refuse(rest: ReadonlyMap<string, Entry>, lane: Lane): Promise<void> {
    const { rows } = await this.#pool.query<{ endpoint_id: string; sequence: number }>(
      `select endpoint_id, ${lane}_sequence as sequence from heartbeat where endpoint_id = any($1::uuid[])`,
      [[...rest.keys()]],
    );
    const sequences = new Map(rows.map((row) => [row.endpoint_id, row.sequence]));
    for (const { endpointId, resolve } of rest.values()) {
      const lastSequence = sequences.get(endpointId);
      resolve(lastSequence === undefined ? { kind: 'removed' } : { kind: 'stale', lastSequence });
    }
  }
}

interface Row {
  readonly endpoint_id: string;
  readonly manifest_sha256: string | null;
  readonly system_sha256: string | null;
  readonly updates_sha256: string | null;
  readonly repositories_sha256: string | null;
  readonly reported_manifest: string | null;
  readonly reported_system: string | null;
  readonly reported_updates: string | null;
  readonly reported_repositories: string | null;
  readonly boot_id: string;
  readonly agent_version: string;
  readonly takes_updates: boolean;
  /** `KEY_NUMBER STANDING KEY_SINCE`, the last in seconds of Unix time. */
  readonly standing: string;
  /** `ID GENERATION DELIVERED NEWS`, the last two 0 or 1: half the bytes of JSON, and cheaper to read. */
  readonly orders: readonly string[];
}

const RETURNING = `returning h.endpoint_id, h.manifest_sha256, h.system_sha256, h.updates_sha256,
  h.repositories_sha256, h.reported_manifest, h.reported_system, h.reported_updates, h.reported_repositories, h.boot_id, h.agent_version, h.takes_updates,
  (select concat_ws(' ', e.key_number, case when e.quarantined_at is null then e.admission else 'quarantined' end,
      extract(epoch from coalesce(e.key_since, e.enrolled_at))::bigint)
    from endpoint e where e.id = h.endpoint_id) as standing,
  array(select concat_ws(' ', o.id, o.generation, (o.delivered_at is not null)::int,
      (o.delivered_at is null or o.redeliver or (o.cancel_requested_at is not null and o.cancel_delivered_at is null))::int)
    from endpoint_order o where o.endpoint_id = h.endpoint_id and o.outcome_at is null and o.closed_at is null) as orders`;

/** set_config for this transaction alone: the statement is one. */
const ASYNCHRONOUS = `with asynchronous as materialized (select set_config('synchronous_commit', 'off', true) as set)`;

const ADVANCE_MAIN = `${ASYNCHRONOUS}
update heartbeat h set main_sequence = v.sequence, last_seen_at = greatest(h.last_seen_at, $3::timestamptz)
from unnest($1::uuid[], $2::bigint[]) as v (endpoint_id, sequence), asynchronous
where h.endpoint_id = v.endpoint_id and h.main_sequence < v.sequence and asynchronous.set is not null
${RETURNING}`;

const ADVANCE_HELD = `${ASYNCHRONOUS}
update heartbeat h set held_sequence = v.sequence, held_until = v.held_until,
  last_seen_at = greatest(h.last_seen_at, $3::timestamptz)
from unnest($1::uuid[], $2::bigint[], $4::timestamptz[]) as v (endpoint_id, sequence, held_until), asynchronous
where h.endpoint_id = v.endpoint_id and h.held_sequence < v.sequence and asynchronous.set is not null
${RETURNING}`;

function toHeartbeat(row: Row): Heartbeat {
  const [keyNumber, standing, keySince] = row.standing.split(' ');
  return {
    // What is not known to be let in, is not.
    standing: standing === 'admitted' || standing === 'quarantined' ? standing : 'waiting',
    keyNumber: Number(keyNumber),
    keySince: new Date(Number(keySince) * 1000),
    manifestSha256: row.manifest_sha256,
    systemSha256: row.system_sha256,
    updatesSha256: row.updates_sha256,
    repositoriesSha256: row.repositories_sha256,
    reportedManifest: row.reported_manifest,
    reportedSystem: row.reported_system,
    reportedUpdates: row.reported_updates,
    reportedRepositories: row.reported_repositories,
    bootId: row.boot_id,
    agentVersion: row.agent_version,
    takesUpdates: row.takes_updates,
    openOrders: row.orders.map((text) => {
      const [id = '', generation, delivered, news] = text.split(' ');
      return { id, generation: Number(generation), delivered: delivered === '1', news: news === '1' };
    }),
  };
}

function rejectAll(batch: ReadonlyMap<string, Entry>, error: unknown): void {
  for (const { reject } of batch.values()) reject(error);
}
