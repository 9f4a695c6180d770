import { Type, type Static } from 'typebox';
import { Label, Timestamp, Uuid } from '../fields.ts';

const GroupRole = Type.Object({
  /** As the provider's groups claim names it. */
  group: Type.String({ minLength: 1, maxLength: 255 }),
  /** A built-in role's word, or the id of one of the organisation. */
  roleId: Type.String({ pattern: '^([a-z]{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$' }),
});

const properties = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  /** Exactly as the provider names itself (OpenID Connect Discovery 1.0 section 4.3). */
  issuer: Type.String({ minLength: 8, maxLength: 512, pattern: '^https?://[^\\s?#]+$' }),
  clientId: Type.String({ minLength: 1, maxLength: 512 }),
  /** Besides `openid`. */
  scopes: Type.String({ maxLength: 512, pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e ]*$' }),
  /** The claim of the ID token that lists a person's groups. */
  groupsClaim: Type.String({ minLength: 1, maxLength: 100 }),
  groupRoles: Type.Array(GroupRole, { maxItems: 200 }),
  /** Whether whoever has a role by a group comes in without an invitation. */
  createsPeople: Type.Boolean(),
  enabled: Type.Boolean(),
};

export const IdentityProvider = Type.Object({
  ...properties,
  id: Uuid,
  hasSecret: Type.Boolean(),
  /** What the provider has to be told as the address to come back to. */
  redirectUri: Label,
  createdAt: Timestamp,
});
export type IdentityProvider = Static<typeof IdentityProvider>;
export const IdentityProviderList = Type.Object({ items: Type.Array(IdentityProvider) });
export type IdentityProviderList = Static<typeof IdentityProviderList>;

export const PutIdentityProviderRequest = Type.Object({
  ...properties,
  /** Never shown again. Left out: the one of before; null: none, for a public client. */
  clientSecret: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 1_024 }), Type.Null()])),
});
export type PutIdentityProviderRequest = Static<typeof PutIdentityProviderRequest>;

/** Whether the provider answers as one; `problem` says what is wrong. */
export const IdentityProviderTest = Type.Object({
  problem: Type.Union([Label, Type.Null()]),
  /** Whether its replies name it (RFC 9207), which shows a mixed-up one at once. */
  namesItself: Type.Boolean(),
});
export type IdentityProviderTest = Static<typeof IdentityProviderTest>;
