import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type {
  ChangeMeRequest,
  Confirmed,
  IdentityProvider,
  IdentityProviderTest,
  Me,
  NewAuthenticator,
  Passkey,
  PasskeyAssertion,
  PasswordSignInReply,
  PutIdentityProviderRequest,
  RecoveryCodes,
  SecondFactor,
  Session,
  SignInRules,
} from '@thimble/protocol';
import { post, put, remove } from './client.ts';

export const signInByPassword = (login: string, password: string): Promise<PasswordSignInReply> =>
  post<PasswordSignInReply>('/session/password', { login, password });
export const signInBySecondFactor = (ticket: string, factor: SecondFactor): Promise<Session> =>
  post<Session>('/session/second-factor', { ticket, factor });
export const signInByPasskey = async (): Promise<Session> => post<Session>('/session/passkey', await askForPasskey());

export const confirmByPassword = (password: string): Promise<Confirmed> =>
  post<Confirmed>('/session/confirm', { kind: 'password', password });
export const confirmByPasskey = async (): Promise<Confirmed> =>
  post<Confirmed>('/session/confirm', { kind: 'passkey', assertion: await askForPasskey() });

export const changeMe = (request: ChangeMeRequest): Promise<Me> => put<Me>('/me', request);
export const setPassword = (password: string): Promise<void> => put('/me/password', { password });
export const newAuthenticator = (): Promise<NewAuthenticator> => post<NewAuthenticator>('/me/totp');
export const confirmAuthenticator = (code: string): Promise<RecoveryCodes> => put<RecoveryCodes>('/me/totp', { code });
export const removeAuthenticator = (): Promise<void> => remove('/me/totp');
export const newRecoveryCodes = (): Promise<RecoveryCodes> => post<RecoveryCodes>('/me/recovery-codes');
export const removePasskey = (id: string): Promise<void> => remove(`/me/passkeys/${id}`);
export const unlinkProvider = (id: string): Promise<void> => remove(`/me/identities/${id}`);
export const endOwnSession = (id: string): Promise<void> => remove(`/me/sessions/${id}`);
export const endOtherSessions = (): Promise<void> => remove('/me/sessions');

export async function addPasskey(name: string): Promise<Passkey> {
  const optionsJSON = await post<PublicKeyCredentialCreationOptionsJSON>('/me/passkeys/options');
  const { id, rawId, response } = await startRegistration({ optionsJSON });
  const { clientDataJSON, attestationObject, transports } = response;
  const attestation = {
    id,
    rawId,
    type: 'public-key',
    response: { clientDataJSON, attestationObject, ...(transports === undefined ? {} : { transports }) },
    clientExtensionResults: {},
  };
  return post<Passkey>('/me/passkeys', { name, attestation });
}

async function askForPasskey(): Promise<PasskeyAssertion> {
  const optionsJSON = await post<PublicKeyCredentialRequestOptionsJSON>('/session/passkey/options');
  const { id, rawId, response } = await startAuthentication({ optionsJSON });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    rawId,
    type: 'public-key',
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle === undefined ? {} : { userHandle }) },
    clientExtensionResults: {},
  };
}

export const addIdentityProvider = (request: PutIdentityProviderRequest): Promise<IdentityProvider> =>
  post<IdentityProvider>('/identity-providers', request);
export const changeIdentityProvider = (id: string, request: PutIdentityProviderRequest): Promise<IdentityProvider> =>
  put<IdentityProvider>(`/identity-providers/${id}`, request);
export const removeIdentityProvider = (id: string): Promise<void> => remove(`/identity-providers/${id}`);
export const testIdentityProvider = (id: string): Promise<IdentityProviderTest> =>
  post<IdentityProviderTest>(`/identity-providers/${id}/test`);
export const setSignInRules = (rules: SignInRules): Promise<SignInRules> => put<SignInRules>('/sign-in-rules', rules);
