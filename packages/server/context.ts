import type { SigningKey } from '@thimble/protocol/signing';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { EventBus } from './events/index.ts';
import type { App } from './http/app.ts';
import type { OrderKeys } from './keys/index.ts';
import type { Secrets } from './secrets/index.ts';
import type { Settings } from './settings/index.ts';
import type { Database } from './storage/index.ts';

export type Clock = () => Date;

/** What every stage gets, and all that it gets. Time, randomness and ids come from here, never from a global. */
export interface ServerContext {
  readonly settings: Settings;
  readonly database: Database;
  readonly clock: Clock;
  /** A new id: UUID version 7 (RFC 9562 section 5.7), so ids sort by the time at which they were made. */
  readonly newId: () => string;
  readonly random: (sizeBytes: number) => Uint8Array;
  readonly events: EventBus;
  readonly log: Logger;
  /** The keys that sign orders, and how endpoints follow from one to the next. */
  readonly orderKeys: OrderKeys;
  /** Signs orders now: `orderKeys.present`. To be read each time, as it is replaced while the server works. */
  readonly orderKey: SigningKey;
  /** Signs checkpoints of the evidence. */
  readonly logKey: SigningKey;
  /** Seals what is kept in the database and must not be read there. */
  readonly secrets: Secrets;
  /** Where a stage registers its gauges and counters; shown at /metrics. */
  readonly metrics: Registry;
  /** The organisation that a fresh installation works in. */
  readonly defaultOrganisationId: string;
  /** SHA-256 over the DER of the certificate that agents pin, lower-case hex. Undefined only when TLS is off in a test. */
  readonly caFingerprint: string | undefined;
  /** The server's own authority, PEM; left out when its certificate was given, or TLS is off in a test. */
  readonly caCertificate?: string;
  /** Address by which people and agents reach this server, without a slash at its end. */
  readonly publicUrl: string;
  /** Fires when the server begins to stop: held requests and loops end on it. */
  readonly stopping: AbortSignal;
}

/**
 * A stage of a patch's life (discover, assess, deploy, report...) as the server sees it. `register` adds routes, hooks
 * and background loops; it runs once, after migrations and before the first request. Each route declares
 * `config: { access }` (see RouteAccess).
 */
export interface Stage {
  readonly name: string;
  readonly register: (app: App, context: ServerContext) => Promise<void>;
}
