import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { type Sight, presentSight } from './tenancy.ts';

/** Connections of requests act as this role, which PostgreSQL holds to the policies of row-level security. */
export const TENANT_ROLE = 'thimble_tenant';
/** The setting that the policies compare rows with: an organisation's id, `*` for the server itself, empty for nobody. */
export const ORGANISATION_SETTING = 'thimble.organisation';

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * A pool that gives each piece of work a connection that sees what this work may see (see tenancy.ts). It is two pools:
 * one that is the server itself and one whose connections have the tenants' role for good. PostgreSQL plans prepared
 * statements anew when a session's role changes, so no connection ever changes it; what changes is whose rows are meant.
 */
export class SightedPool extends Pool {
  readonly #tenants: Pool;
  readonly #outside: Sight;
  /** What each of the tenants' connections was set to last. */
  readonly #whose = new WeakMap<PoolClient, string>();

  /**
   * @param outside what is seen by work of which nobody said whose it is
   * @param onConnect for each new connection of either kind
   */
  constructor(config: PoolConfig, outside: Sight, onConnect: (client: PoolClient) => void) {
    super(config);
    this.#tenants = new Pool(config);
    this.#outside = outside;
    this.on('connect', onConnect);
    this.#tenants.on('connect', onConnect);
    this.#tenants.on('error', (error, client) => this.emit('error', error, client));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const client = this.#connectFor(presentSight() ?? this.#outside);
    if (callback === undefined) return client;
    client.then(
      (connected) => callback(undefined, connected, (release) => connected.release(release === true)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  override async end(): Promise<void> {
    await Promise.all([super.end(), this.#tenants.end()]);
  }

  async #connectFor(sight: Sight): Promise<PoolClient> {
    if (sight.kind === 'system') return super.connect();
    const organisation = sight.kind === 'organisation' ? sight.organisationId : '';
    const client = await this.#tenants.connect();
    const before = this.#whose.get(client);
    if (before === organisation) return client;
    try {
      if (before === undefined) await client.query(`set role ${TENANT_ROLE}`);
      await client.query('select set_config($1, $2, false)', [ORGANISATION_SETTING, organisation]);
      this.#whose.set(client, organisation);
      return client;
    } catch (error) {
      // Whose rows it would show is not known: nobody gets it.
      client.release(true);
      throw error;
    }
  }
}
