import { hash } from 'node:crypto';
import type { Pool } from 'pg';

/** Distinct entries remembered per server, 400 bytes each; a fleet of one distribution has about 60,000. */
const REMEMBERED = 100_000;

/** An entry that was read: its canonical JSON, its place in a list's order, and the columns that it is stored in. */
export interface Read<Columns> {
  readonly text: string;
  readonly order: string;
  readonly columns: Columns;
}

interface Known {
  readonly id: number;
  readonly order: string;
}

/**
 * The ids of list entries that are stored once for all endpoints of an organisation. Known ones cost a look-up in memory;
 * unknown ones are inserted in their own transaction: an entry that no list came to use harms nobody.
 */
export class VersionIds<Columns> {
  readonly #pool: Pool;
  readonly #insert: string;
  readonly #select: string;
  readonly #ids = new Map<string, Map<string, Known>>();

  /** @param insert takes $1 organisation, $2 keys, $3 JSON array of columns; returns nothing. */
  constructor(pool: Pool, table: 'package_version' | 'update_version', insert: string) {
    this.#pool = pool;
    this.#insert = insert;
    this.#select = `select id, encode(key, 'base64') as key from ${table} where organisation_id = $1 and key = any($2)`;
  }

  /**
   * In the order of the entries.
   *
   * @param texts canonical JSON of each. @param read checks an entry that is not known yet, and throws for a bad one.
   */
  async idsOf(
    organisationId: string,
    texts: readonly string[],
    read: (text: string) => Read<Columns>,
  ): Promise<readonly Known[]> {
    const known = this.#known(organisationId);
    const missing = new Map<string, Read<Columns>>();
    for (const text of texts) if (!known.has(text)) missing.set(text, read(text));
    const loaded = missing.size > 0 ? await this.#load(organisationId, missing) : undefined;
    return texts.map((text) => {
      const found = known.get(text) ?? loaded?.get(text);
      if (found === undefined) throw new Error('an entry that was just stored has no id');
      return found;
    });
  }

  #known(organisationId: string): Map<string, Known> {
    let known = this.#ids.get(organisationId);
    if (known === undefined) this.#ids.set(organisationId, (known = new Map()));
    return known;
  }

  async #load(
    organisationId: string,
    missing: ReadonlyMap<string, Read<Columns>>,
  ): Promise<ReadonlyMap<string, Known>> {
    const texts = new Map([...missing.values()].map((entry) => [hash('sha256', entry.text, 'base64'), entry]));
    const found = new Map<string, Known>();
    for (const insert of [false, true]) {
      // In one order everywhere, so that two writers of the same new entries wait for, and never block, each other.
      const keys = [...texts.keys()].sort();
      if (keys.length === 0) break;
      const bytes = keys.map((key) => Buffer.from(key, 'base64'));
      if (insert) {
        const columns = keys.map((key) => texts.get(key)?.columns);
        await this.#pool.query(this.#insert, [organisationId, bytes, JSON.stringify(columns)]);
      }
      const { rows } = await this.#pool.query<{ id: number; key: string }>(this.#select, [organisationId, bytes]);
      for (const { id, key } of rows) {
        const entry = texts.get(key);
        if (entry !== undefined) found.set(entry.text, { id, order: entry.order });
        texts.delete(key);
      }
    }
    if (texts.size > 0) throw new Error(`${texts.size} entries could not be stored`);
    this.#remember(organisationId, found);
    return found;
  }

  #remember(organisationId: string, found: ReadonlyMap<string, Known>): void {
    const known = this.#known(organisationId);
    if (known.size + found.size > REMEMBERED) known.clear();
    for (const [text, entry] of found) known.set(text, entry);
  }
}
