import { Type, type Static } from 'typebox';
import { Count, Label, Timestamp, Uuid } from '../fields.ts';
import { Session } from './access.ts';

/** As sessions and evidence name the way in which somebody proved who they are. */
export const SignInMethod = Type.Union([
  Type.Literal('link'),
  Type.Literal('password'),
  Type.Literal('password-and-code'),
  Type.Literal('password-and-recovery-code'),
  Type.Literal('passkey'),
  Type.Literal('single-sign-on'),
]);
export type SignInMethod = Static<typeof SignInMethod>;

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** What tells people apart over the whole server; compared in lower case. */
export const Login = Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9][A-Za-z0-9._@+-]*$' });
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });
const PersonName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
/** Longer ones would only cost time to hash; 12 characters is the least of a new one, which the server checks with a reason. */
const Password = Type.String({ minLength: 1, maxLength: 1_024 });
const OneTimeCode = Type.String({ pattern: '^[0-9 ]{6,9}$' });
const RecoveryCode = Type.String({ minLength: 8, maxLength: 64 });
const Ticket = Type.String({ minLength: 16, maxLength: 256 });

/** Which ways to sign in this address has. */
export const SignInWays = Type.Object({
  /** `why` is for people: passkeys belong to a host name, and need the name that the server is known by. */
  passkey: Type.Object({ rpId: nullable(Label), why: nullable(Label) }),
  providers: Type.Array(Type.Object({ id: Uuid, name: Label }), { maxItems: 100 }),
});
export type SignInWays = Static<typeof SignInWays>;

export const PasswordSignInRequest = Type.Object({ login: Type.String({ maxLength: 256 }), password: Password });
export type PasswordSignInRequest = Static<typeof PasswordSignInRequest>;

/** `second-factor`: the password is right, and the ticket is what a code has to come with. */
export const PasswordSignInReply = Type.Union([
  Type.Object({ kind: Type.Literal('signed-in'), session: Session }),
  Type.Object({
    kind: Type.Literal('second-factor'),
    ticket: Ticket,
    methods: Type.Array(Type.Union([Type.Literal('code'), Type.Literal('recovery-code')])),
  }),
]);
export type PasswordSignInReply = Static<typeof PasswordSignInReply>;

export const SecondFactor = Type.Union([
  Type.Object({ kind: Type.Literal('code'), code: OneTimeCode }),
  Type.Object({ kind: Type.Literal('recovery-code'), code: RecoveryCode }),
]);
export type SecondFactor = Static<typeof SecondFactor>;

export const SecondFactorRequest = Type.Object({ ticket: Ticket, factor: SecondFactor });
export type SecondFactorRequest = Static<typeof SecondFactorRequest>;

const Base64Url = Type.String({ maxLength: 16_384, pattern: '^[A-Za-z0-9_-]*$' });

/** AuthenticationResponseJSON of Web Authentication level 3, the part that is read. */
export const PasskeyAssertion = Type.Object({
  id: Base64Url,
  rawId: Base64Url,
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Type.Optional(Base64Url),
  }),
  clientExtensionResults: Type.Object({}),
});
export type PasskeyAssertion = Static<typeof PasskeyAssertion>;

/** RegistrationResponseJSON of the same, the part that is read. */
export const PasskeyAttestation = Type.Object({
  id: Base64Url,
  rawId: Base64Url,
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10 })),
  }),
  clientExtensionResults: Type.Object({}),
});
export type PasskeyAttestation = Static<typeof PasskeyAttestation>;

/** Options for `navigator.credentials`, as the browser's own parser takes them. */
export const PasskeyOptions = Type.Object({}, { additionalProperties: true });
export type PasskeyOptions = Static<typeof PasskeyOptions>;

/** Proves that the person is still there, before something that a stolen session must not do. */
export const ConfirmRequest = Type.Union([
  Type.Object({ kind: Type.Literal('password'), password: Password }),
  Type.Object({ kind: Type.Literal('passkey'), assertion: PasskeyAssertion }),
]);
export type ConfirmRequest = Static<typeof ConfirmRequest>;
export const Confirmed = Type.Object({ until: Timestamp });
export type Confirmed = Static<typeof Confirmed>;

export const Passkey = Type.Object({
  id: Uuid,
  name: Label,
  /** The host name that it is for. */
  rpId: Label,
  /** Whether it is kept in more than one place, such as a password manager. */
  backedUp: Type.Boolean(),
  createdAt: Timestamp,
  lastUsedAt: nullable(Timestamp),
});
export type Passkey = Static<typeof Passkey>;

export const SignInRules = Type.Object({ singleSignOnOnly: Type.Boolean(), secondFactorRequired: Type.Boolean() });
export type SignInRules = Static<typeof SignInRules>;

/** The account of whoever asks. */
export const Me = Type.Object({
  id: Uuid,
  name: Label,
  login: nullable(Label),
  email: nullable(Label),
  /** When the password was changed last; null: there is none. */
  passwordChangedAt: nullable(Timestamp),
  /** Since when codes of an authenticator app are asked for; null: they are not. */
  authenticatorSince: nullable(Timestamp),
  recoveryCodesLeft: Count,
  passkeys: Type.Array(Passkey, { maxItems: 100 }),
  providers: Type.Array(Type.Object({ id: Uuid, name: Label }), { maxItems: 100 }),
  /** Until when sensitive changes are possible without another proof. */
  confirmedUntil: Timestamp,
  rules: SignInRules,
});
export type Me = Static<typeof Me>;

export const ChangeMeRequest = Type.Object({
  name: PersonName,
  login: Login,
  email: Type.Optional(nullable(Email)),
  /** For the first set-up, by somebody who may change the organisation. */
  organisationName: Type.Optional(PersonName),
});
export type ChangeMeRequest = Static<typeof ChangeMeRequest>;

export const SetPasswordRequest = Type.Object({ password: Password });
export type SetPasswordRequest = Static<typeof SetPasswordRequest>;

/** Shown once. `uri` is otpauth://, for a QR code. */
export const NewAuthenticator = Type.Object({ secret: Label, uri: Type.String({ maxLength: 2_048 }) });
export type NewAuthenticator = Static<typeof NewAuthenticator>;
export const ConfirmAuthenticatorRequest = Type.Object({ code: OneTimeCode });
export type ConfirmAuthenticatorRequest = Static<typeof ConfirmAuthenticatorRequest>;

/** Shown once; each works once. Those of before do not work any more. */
export const RecoveryCodes = Type.Object({ codes: Type.Array(Label, { maxItems: 20 }) });
export type RecoveryCodes = Static<typeof RecoveryCodes>;

export const AddPasskeyRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  attestation: PasskeyAttestation,
});
export type AddPasskeyRequest = Static<typeof AddPasskeyRequest>;

export const PersonSession = Type.Object({
  id: Uuid,
  method: SignInMethod,
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
  address: Label,
  userAgent: Label,
  /** Whether it is the one that asks. */
  current: Type.Boolean(),
});
export type PersonSession = Static<typeof PersonSession>;
export const PersonSessionList = Type.Object({ items: Type.Array(PersonSession) });
export type PersonSessionList = Static<typeof PersonSessionList>;

export const Person = Type.Object({
  id: Uuid,
  name: Label,
  login: nullable(Label),
  email: nullable(Label),
  createdAt: Timestamp,
  disabledAt: nullable(Timestamp),
  lastSignedInAt: nullable(Timestamp),
  /** Which ways to sign in the person has; none: invited, and has not come yet. */
  ways: Type.Array(
    Type.Union([
      Type.Literal('password'),
      Type.Literal('authenticator'),
      Type.Literal('passkey'),
      Type.Literal('single-sign-on'),
    ]),
  ),
  sessionCount: Count,
});
export type Person = Static<typeof Person>;
export const PersonList = Type.Object({ items: Type.Array(Person) });
export type PersonList = Static<typeof PersonList>;

export const InviteRequest = Type.Object({ name: PersonName, login: Login, email: Type.Optional(Email) });
export type InviteRequest = Static<typeof InviteRequest>;

/** What is left out stays as it is. */
export const ChangePersonRequest = Type.Object({
  name: Type.Optional(PersonName),
  login: Type.Optional(Login),
  email: Type.Optional(nullable(Email)),
  disabled: Type.Optional(Type.Boolean()),
});
export type ChangePersonRequest = Static<typeof ChangePersonRequest>;

/** A one-time address for one person, shown once. */
export const PersonLink = Type.Object({ url: Type.String({ maxLength: 2_048 }), expiresAt: Timestamp });
export type PersonLink = Static<typeof PersonLink>;
export const Invited = Type.Object({ person: Person, link: PersonLink });
export type Invited = Static<typeof Invited>;
