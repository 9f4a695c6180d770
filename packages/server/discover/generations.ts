import type { Pool } from 'pg';

/** Far from where a number is not exact any more; an endpoint that reports more than this harms itself alone. */
const HIGHEST_BELIEVED = 2 ** 50;

/**
 * Keeps the generations of orders ahead of what endpoints report. They are behind after a database was restored from a
 * backup, or when somebody else signed orders with the server's key: without this the endpoint would refuse every order
 * from then on as stale.
 */
export class Generations {
  readonly #pool: Pool;
  /** The newest that each endpoint reported to this process, so that a check-in costs nothing when it is the same. */
  readonly #reported = new Map<string, number>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async heed(endpointId: string, generation: number): Promise<void> {
    if (generation === 0 || generation > HIGHEST_BELIEVED || this.#reported.get(endpointId) === generation) return;
    await this.#pool.query('update endpoint set generation = $2 where id = $1 and generation < $2', [
      endpointId,
      generation,
    ]);
    this.#reported.set(endpointId, generation);
  }
}
