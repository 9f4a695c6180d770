import { createHash } from 'node:crypto';
import type { Pool } from 'pg';

/** Distinct entries remembered per server; a fleet of one distribution has about 60,000. Each takes about 150 bytes. */
const REMEMBERED = 200_000;

/** An entry of a list, its canonical JSON, and the columns that it is stored in. */
export interface Entry<Columns> {
  readonly text: string;
  readonly columns: Columns;
}

/**
 * The ids of list entries that are stored once for all endpoints of an organisation. Known ones cost a look-up in memory;
 * unknown ones are inserted in their own transaction: an entry that no list came to use harms nobody.
 */
export class VersionIds<Columns> {
  readonly #pool: Pool;
  readonly #insert: string;
  readonly #ids = new Map<string, number>();

  /** @param insert takes $1 organisation, $2 keys, $3 JSON array of columns; returns nothing. */
  constructor(pool: Pool, table: 'package_version' | 'update_version', insert: string) {
    this.#pool = pool;
    this.#insert = insert;
    this.#select = `select id, encode(key, 'base64') as key from ${table} where organisation_id = $1 and key = any($2)`;
  }
  readonly #select: string;

  /** In the order of the entries. */
  async idsOf(organisationId: string, entries: readonly Entry<Columns>[]): Promise<number[]> {
    const keys = entries.map(({ text }) => createHash('sha256').update(text).digest('base64'));
    const missing = new Map<string, Columns>();
    for (const [index, key] of keys.entries()) {
      const entry = entries[index];
      if (entry !== undefined && !this.#ids.has(organisationId + key)) missing.set(key, entry.columns);
    }
    if (missing.size > 0) await this.#load(organisationId, missing);
    return keys.map((key) => {
      const id = this.#ids.get(organisationId + key);
      if (id === undefined) throw new Error('an entry that was just stored has no id');
      return id;
    });
  }

  async #load(organisationId: string, missing: ReadonlyMap<string, Columns>): Promise<void> {
    if (this.#ids.size > REMEMBERED) this.#ids.clear();
    let rest = new Map(missing);
    for (const insert of [false, true]) {
      if (rest.size === 0) return;
      // In one order everywhere, so that two writers of the same new entries wait for, and never block, each other.
      const keys = [...rest.keys()].sort();
      const bytes = keys.map((key) => Buffer.from(key, 'base64'));
      if (insert)
        await this.#pool.query(this.#insert, [organisationId, bytes, JSON.stringify(keys.map((key) => rest.get(key)))]);
      const { rows } = await this.#pool.query<{ id: number; key: string }>(this.#select, [organisationId, bytes]);
      rest = new Map(rest);
      for (const { id, key } of rows) {
        this.#ids.set(organisationId + key, id);
        rest.delete(key);
      }
    }
    if (rest.size > 0) throw new Error(`${rest.size} entries could not be stored`);
  }
}
