import {
  canonicalJson,
  SERVER_TIME_PAYLOAD_TYPE,
  type ServerTime,
  type TrustHeld,
  type TrustNews,
} from '@thimble/protocol';
import { signEnvelope } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { OrderKeyChain } from '../../keys/index.ts';
import { keptRefusals, recordRefusals, tellingRefusals } from './record-refusals.ts';
import { type TrustState, TrustStates } from './trust-state.ts';

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/** Of `TrustNews`: an endpoint that missed more is told the rest with its next check-in. */
const SETS_AT_ONCE = 64;
const LISTS_AT_ONCE = 64;

interface ToldState extends TrustState {
  readonly orderKeys: OrderKeyChain;
}

/** What endpoints are told of approvers, stops and time, and what they say they have. One for each server process. */
export class TrustDesk {
  readonly #context: ServerContext;
  readonly #states: TrustStates;
  /** As each endpoint told this process, so that a check-in costs nothing when it is the same. */
  readonly #held = new Map<string, { readonly text: string; readonly held: TrustHeld }>();

  constructor(context: ServerContext) {
    this.#context = context;
    this.#states = new TrustStates(context);
  }

  /** An endpoint says what it has: puts it down where that is new. @returns what it has not */
  async answer(sender: Sender, held: TrustHeld): Promise<TrustNews> {
    await this.#hear(sender, held);
    return this.#news(sender, held, await this.#stateFor(sender));
  }

  /** What a held request is told beside its orders; undefined: its agent knows nothing of all this. */
  async beside(sender: Sender): Promise<TrustNews | undefined> {
    const held = await this.#heldBy(sender);
    if (held === undefined) return undefined;
    const state = await this.#stateFor(sender);
    const { length: approverSetVersion } = state.approverSets;
    // It is believed to have what it is told now, until it says what it has: else a held request would come back at once for ever.
    this.#held.set(sender.endpointId, {
      text: '',
      held: {
        ...held,
        approverSetVersion,
        haltSequence: state.haltSequence,
        orderKeysSequence: Math.max(held.orderKeysSequence, state.orderKeys.sequence),
      },
    });
    return this.#news(sender, held, state);
  }

  /** What an endpoint is told when it enrols: it has nothing yet but the order keys that the same reply gives it. */
  async first(sender: Sender, { sequence: orderKeysSequence }: Pick<OrderKeyChain, 'sequence'>): Promise<TrustNews> {
    return this.#news(sender, { ...NOTHING, orderKeysSequence }, await this.#stateFor(sender));
  }

  /** Whether it lacks something that can't wait for its next check-in. */
  async isBehind(sender: Sender): Promise<boolean> {
    const held = await this.#heldBy(sender);
    if (held === undefined) return false;
    const { approverSets, haltSequence, orderKeys } = await this.#stateFor(sender);
    return (
      held.approverSetVersion < approverSets.length ||
      held.haltSequence < haltSequence ||
      held.orderKeysSequence < orderKeys.sequence
    );
  }

  close(): void {
    this.#states.close();
  }

  async #hear({ endpointId, organisationId }: Sender, held: TrustHeld): Promise<void> {
    const text = canonicalJson(held);
    if (this.#held.get(endpointId)?.text === text) return;
    const at = this.#context.clock();
    await this.#context.database.kysely.transaction().execute(async (within) => {
      const { rows } = await sql<{ held: TrustHeld }>`
        select held from endpoint_trust
        where endpoint_id = ${endpointId} and organisation_id = ${organisationId} for update`.execute(within);
      const before = rows[0]?.held.refused ?? [];
      const refused = keptRefusals(before, held.refused ?? []);
      await sql`
        insert into endpoint_trust (endpoint_id, organisation_id, held, reported_at)
        values (${endpointId}, ${organisationId}, ${canonicalJson({ ...held, refused })}::jsonb, ${at})
        on conflict (endpoint_id) do update set held = excluded.held, reported_at = excluded.reported_at
        where endpoint_trust.held is distinct from excluded.held`.execute(within);
      await recordRefusals(within, { endpointId, organisationId, at }, tellingRefusals(before, refused));
    });
    this.#held.set(endpointId, { text, held });
  }

  async #heldBy({ endpointId, organisationId }: Sender): Promise<TrustHeld | undefined> {
    const known = this.#held.get(endpointId);
    if (known !== undefined) return known.held;
    const { rows } = await sql<{ held: TrustHeld }>`
      select held from endpoint_trust
      where endpoint_id = ${endpointId} and organisation_id = ${organisationId}`.execute(this.#context.database.kysely);
    const held = rows[0]?.held;
    if (held !== undefined) this.#held.set(endpointId, { text: '', held });
    return held;
  }

  async #stateFor({ organisationId }: Sender): Promise<ToldState> {
    return { ...(await this.#states.of(organisationId)), orderKeys: await this.#context.orderKeys.chain() };
  }

  #news({ endpointId }: Sender, held: TrustHeld, { approverSets, halt, orderKeys }: ToldState): TrustNews {
    const { clock, orderKey } = this.#context;
    const time: ServerTime = { time: clock().toISOString(), endpointId };
    return {
      approverSets: approverSets.slice(held.approverSetVersion, held.approverSetVersion + SETS_AT_ONCE),
      orderKeys: orderKeys.lists
        .filter(({ sequence }) => sequence > held.orderKeysSequence)
        .slice(0, LISTS_AT_ONCE)
        .map(({ envelope }) => envelope),
      halt,
      serverTime: signEnvelope(SERVER_TIME_PAYLOAD_TYPE, Buffer.from(canonicalJson(time)), [orderKey]),
    };
  }
}

const NOTHING: TrustHeld = { approverSetVersion: 0, orderKeysSequence: 0, haltSequence: 0 };

const desks = new WeakMap<ServerContext, TrustDesk>();

export function trustDesk(context: ServerContext): TrustDesk {
  let desk = desks.get(context);
  if (desk === undefined) {
    desk = new TrustDesk(context);
    desks.set(context, desk);
  }
  return desk;
}
