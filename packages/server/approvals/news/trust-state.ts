import type { Envelope, SignedStatement } from '@thimble/protocol';
import type { ServerContext } from '../../context.ts';
import { readHalts } from '../halt/halt-row.ts';
import { TRUST_TOPIC } from '../publish-trust.ts';
import { activeSet } from '../sets/active-set.ts';
import { listSets } from '../sets/set-entry.ts';
import { countingSignatures, readSignatures, signedStatement } from '../statements/read-signatures.ts';

/** What an organisation's endpoints shall know, with its numbers. */
export interface TrustState {
  /** Of versions 1, 2, 3 and so on. */
  readonly approverSets: readonly SignedStatement[];
  readonly halt: SignedStatement | Envelope | null;
  readonly haltSequence: number;
}

/** An endpoint that was away for years needs the whole chain. */
const SETS_READ = 10_000;
/** Check-ins come by the thousand; a lost event is made good after this. */
const REMEMBER_MS = 30_000;

/** Reads it once for all who ask, until something of it changes on any replica. */
export class TrustStates {
  readonly #context: ServerContext;
  readonly #known = new Map<string, { readonly untilMs: number; readonly state: Promise<TrustState> }>();
  readonly #unsubscribe: () => void;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#unsubscribe = context.events.subscribe(({ topic, key }) => {
      if (topic === TRUST_TOPIC) this.#known.delete(key);
      else if (topic === 'resync') this.#known.clear();
    });
  }

  of(organisationId: string): Promise<TrustState> {
    const nowMs = this.#context.clock().getTime();
    const known = this.#known.get(organisationId);
    if (known !== undefined && nowMs < known.untilMs) return known.state;
    const state = readTrustState(this.#context, organisationId);
    this.#known.set(organisationId, { untilMs: nowMs + REMEMBER_MS, state });
    // What failed is tried again by the next who asks.
    state.catch(() => this.#known.delete(organisationId));
    return state;
  }

  close(): void {
    this.#unsubscribe();
  }
}

async function readTrustState({ database: { kysely } }: ServerContext, organisationId: string): Promise<TrustState> {
  const sets = await listSets(kysely, organisationId, SETS_READ);
  const { current } = await readHalts(kysely, organisationId);
  const set = await activeSet(kysely, organisationId);
  const signatures = current === null ? new Map() : await readSignatures(kysely, organisationId, [current.id]);
  return {
    approverSets: sets
      .filter(({ state }) => state === 'active' || state === 'replaced')
      .sort((a, b) => a.set.version - b.set.version)
      .map(({ signed }) => signed),
    halt:
      current === null
        ? null
        : (current.envelope ?? signedStatement('halt', current, countingSignatures(signatures.get(current.id), set))),
    haltSequence: current?.sequence ?? 0,
  };
}
