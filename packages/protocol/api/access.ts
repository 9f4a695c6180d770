import { Type, type Static } from 'typebox';
import { Count, Label, Timestamp, Uuid } from '../fields.ts';

export const SignInRequest = Type.Object({ link: Type.String({ minLength: 16, maxLength: 256 }) });
export type SignInRequest = Static<typeof SignInRequest>;

export const Session = Type.Object({
  principal: Type.Object({
    kind: Type.Union([Type.Literal('person'), Type.Literal('token'), Type.Literal('local')]),
    name: Label,
  }),
  organisation: Type.Object({ id: Uuid, name: Label }),
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  server: Type.Object({ version: Label, publicUrl: Label, caFingerprint: Type.Union([Label, Type.Null()]) }),
});
export type Session = Static<typeof Session>;

export const CreateTokenRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  expiresInHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 366 })),
});
export type CreateTokenRequest = Static<typeof CreateTokenRequest>;

export const CreateEnrolmentTokenRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  expiresInHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 366 })),
  maximumUses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});
export type CreateEnrolmentTokenRequest = Static<typeof CreateEnrolmentTokenRequest>;

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

export const CreatedToken = Type.Object({ token: Token, secret: Type.String() });
export type CreatedToken = Static<typeof CreatedToken>;

/** For enrolment tokens also the ready command line. */
export const CreatedEnrolmentToken = Type.Object({ token: Token, secret: Type.String(), command: Type.String() });
export type CreatedEnrolmentToken = Static<typeof CreatedEnrolmentToken>;
