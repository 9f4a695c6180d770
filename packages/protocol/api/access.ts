import { Type, type Static } from 'typebox';
import { Count, Label, Timestamp, Uuid } from '../fields.ts';
import { PermissionName } from './permissions.ts';

export const SignInRequest = Type.Object({ link: Type.String({ minLength: 16, maxLength: 256 }) });
export type SignInRequest = Static<typeof SignInRequest>;

export const Session = Type.Object({
  principal: Type.Object({
    kind: Type.Union([Type.Literal('person'), Type.Literal('token'), Type.Literal('local')]),
    name: Label,
  }),
  /** In which the request acts. */
  organisation: Type.Object({ id: Uuid, name: Label }),
  /** Where the caller belongs, in which a request acts that names none. */
  home: Type.Object({ id: Uuid, name: Label }),
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  /** What may be done in that organisation. */
  permissions: Type.Array(PermissionName),
  /** Those of them that hold only for endpoints with some labels. */
  limited: Type.Array(PermissionName),
  /** Whether it is a person who has only a link so far: there is no other way back in yet. */
  setUpNeeded: Type.Boolean(),
  server: Type.Object({ version: Label, publicUrl: Label, caFingerprint: Type.Union([Label, Type.Null()]) }),
});
export type Session = Static<typeof Session>;

/** A token as it is listed; its secret is shown only once, in the reply to its creation. */
export const Token = Type.Object({
  id: Uuid,
  name: Label,
  createdAt: Timestamp,
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  useCount: Count,
  maximumUses: Type.Union([Count, Type.Null()]),
});
export type Token = Static<typeof Token>;
export const TokenList = Type.Object({ items: Type.Array(Token) });
export type TokenList = Static<typeof TokenList>;
