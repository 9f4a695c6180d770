import { Type, type Static } from 'typebox';
import { Count, Label, Sha256, Timestamp, Uuid } from '../fields.ts';

/** `signs`: the one. `counts`: replaced, and what it signed still counts. `retired`, `revoked`: endpoints take nothing of it. */
export const OrderKeyState = Type.Union([
  Type.Literal('signs'),
  Type.Literal('counts'),
  Type.Literal('retired'),
  Type.Literal('revoked'),
]);
export type OrderKeyState = Static<typeof OrderKeyState>;

export const OrderKeyEntry = Type.Object({
  keyid: Sha256,
  state: OrderKeyState,
  madeAt: Timestamp,
  madeBy: Label,
  /** When another began to sign; null: none has. */
  replacedAt: Type.Union([Timestamp, Type.Null()]),
});
export type OrderKeyEntry = Static<typeof OrderKeyEntry>;

/** The keys that sign orders, and which endpoints follow them. */
export const OrderKeyStatus = Type.Object({
  /** Of the newest list that endpoints are shown; 0: the key of their enrolment. */
  sequence: Count,
  /** Newest first. */
  keys: Type.Array(OrderKeyEntry, { maxItems: 100 }),
  endpoints: Type.Object({
    following: Count,
    /** They have an older list, and get the next ones when they check in. */
    behind: Count,
    /** They have a list that this server did not make, or has forgotten with an older database. */
    astray: Count,
    /** They have not said what they have: they did not check in since, or have an agent that can't. */
    unheard: Count,
  }),
  /** Those that do not follow, the first hundred by name. */
  notFollowing: Type.Array(
    Type.Object({ endpointId: Uuid, hostname: Label, sequence: Type.Union([Count, Type.Null()]) }),
    { maxItems: 100 },
  ),
});
export type OrderKeyStatus = Static<typeof OrderKeyStatus>;

export const RotateOrderKeyRequest = Type.Object({
  /** The present key may be in wrong hands: nothing that it signed counts from now on. */
  revoke: Type.Boolean(),
  /**
   * PEM (PKCS #8) of keys that endpoints follow and this server has lost sight of, because its database is older than they are: they sign
   * the next list too.
   */
  alsoSignedBy: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1, maxItems: 8 })),
});
export type RotateOrderKeyRequest = Static<typeof RotateOrderKeyRequest>;
