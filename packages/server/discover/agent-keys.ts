import type { KeyObject } from 'node:crypto';
import { verifyingKey } from '@thimble/protocol/signing';
import type { Pool } from 'pg';
import { asSystem } from '../storage/index.ts';

/** Who a key belongs to. */
export interface AgentIdentity {
  readonly endpointId: string;
  readonly organisationId: string;
  readonly key: KeyObject;
  /** How many keys the endpoint had before this one. */
  readonly keyNumber: number;
}

/** About 2 KB each; beyond this the oldest are read again. */
const REMEMBERED_KEYS = 50_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The public keys of endpoints, remembered between requests. A removed endpoint may stand here for a while on another
 * replica: its heartbeat row is gone, so its next request is refused all the same. The same goes for a key that was
 * replaced: each request learns from the database how many keys there were before the one that holds.
 */
export class AgentKeys {
  readonly #pool: Pool;
  readonly #known = new Map<string, AgentIdentity>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * @param keyid a key's thumbprint or an endpoint's id.
   * @returns undefined: unknown; `removed`: was an endpoint once; `replaced`: its endpoint has a newer one.
   */
  async find(keyid: string): Promise<AgentIdentity | 'removed' | 'replaced' | undefined> {
    const known = this.#known.get(keyid);
    if (known !== undefined) return known;
    // Whose endpoint it is is what is asked.
    return asSystem(() => this.#ask(keyid));
  }

  async #ask(keyid: string): Promise<AgentIdentity | 'removed' | 'replaced' | undefined> {
    const column = UUID.test(keyid) ? 'id' : 'keyid';
    const { rows } = await this.#pool.query<{
      id: string;
      organisation_id: string;
      public_key: string;
      removed_at: Date | null;
      key_number: number;
    }>(
      `select id, organisation_id, public_key, removed_at, key_number from endpoint where ${column} = $1
       order by removed_at desc nulls first limit 1`,
      [keyid],
    );
    const [row] = rows;
    if (row === undefined) return (await this.#isReplaced(keyid)) ? 'replaced' : undefined;
    if (row.removed_at !== null) return 'removed';
    const identity = {
      endpointId: row.id,
      organisationId: row.organisation_id,
      key: verifyingKey(row.public_key),
      keyNumber: row.key_number,
    };
    if (this.#known.size >= REMEMBERED_KEYS) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(keyid, identity);
    return identity;
  }

  async #isReplaced(keyid: string): Promise<boolean> {
    const { rows } = await this.#pool.query('select 1 from endpoint_key where keyid = $1 and retired_at is not null', [
      keyid,
    ]);
    return rows.length > 0;
  }

  forget(keyid: string): void {
    this.#known.delete(keyid);
  }
}
