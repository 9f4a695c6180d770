import {
  API,
  AddPasskeyRequest,
  ChangeMeRequest,
  ConfirmAuthenticatorRequest,
  Me,
  NewAuthenticator,
  Passkey,
  PasskeyOptions,
  PersonSessionList,
  RecoveryCodes,
  SetPasswordRequest,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { readSessionCookie } from '../cookie.ts';
import { addPasskey, askForNewPasskey } from '../passkeys/passkey-registration.ts';
import { operatorOf } from '../principal.ts';
import { endSessionById } from '../sessions/end-sessions.ts';
import { listSessions } from '../sessions/list-sessions.ts';
import { changeMe } from './change-me.ts';
import { describeMe } from './describe-me.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { ownAccount } from './own-account.ts';
import { removePasskey } from './remove-passkey.ts';
import { confirmAuthenticator, dropAuthenticator, newAuthenticator, newRecoveryCodes } from './second-factor.ts';
import { setPassword } from './set-password.ts';
import { unlinkIdentity } from './unlink-identity.ts';

const config = { access: 'operator' } as const;
const Nothing = Type.Null();
const ById = Type.Object({ id: Uuid });
/** An attestation with its certificates has a few KB. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** What people do with their own account. */
export function registerAccountRoutes(app: App, context: AccessContext): void {
  app.get(`${API}/me`, { config, schema: { summary: 'The own account', response: { 200: Me } } }, async (request) =>
    describeMe(context, await ownAccount(context, request), readSessionCookie(request) ?? ''),
  );
  app.put(
    `${API}/me`,
    { config, schema: { summary: 'Change the own name and login', body: ChangeMeRequest, response: { 200: Me } } },
    async (request) => {
      await changeMe(context, operatorOf(request), await ownAccount(context, request), request.body);
      return describeMe(context, await ownAccount(context, request), readSessionCookie(request) ?? '');
    },
  );
  app.put(
    `${API}/me/password`,
    { config, schema: { summary: 'Set the own password', body: SetPasswordRequest, response: { 204: Nothing } } },
    async (request, reply) => {
      const secret = readSessionCookie(request) ?? '';
      await setPassword(context, await ownAccount(context, request), request.body.password, secret);
      return reply.code(204).send(null);
    },
  );
  registerSecondFactorRoutes(app, context);
  registerPasskeyRoutes(app, context);
  registerIdentityRoutes(app, context);
  registerOwnSessionRoutes(app, context);
}

function registerSecondFactorRoutes(app: App, context: AccessContext): void {
  app.post(
    `${API}/me/totp`,
    { config, schema: { summary: 'Get a secret for an authenticator app', response: { 201: NewAuthenticator } } },
    async (request, reply) => reply.code(201).send(await newAuthenticator(context, await ownAccount(context, request))),
  );
  app.put(
    `${API}/me/totp`,
    {
      config,
      schema: {
        summary: 'Confirm the authenticator app by a code',
        body: ConfirmAuthenticatorRequest,
        response: { 200: RecoveryCodes },
      },
    },
    async (request) => ({
      codes: [...(await confirmAuthenticator(context, await ownAccount(context, request), request.body.code))],
    }),
  );
  app.delete(
    `${API}/me/totp`,
    { config, schema: { summary: 'Remove the authenticator app', response: { 204: Nothing } } },
    async (request, reply) => {
      await dropAuthenticator(context, await ownAccount(context, request));
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${API}/me/recovery-codes`,
    { config, schema: { summary: 'Get new recovery codes', response: { 200: RecoveryCodes } } },
    async (request) => ({ codes: [...(await newRecoveryCodes(context, await ownAccount(context, request)))] }),
  );
}

function registerPasskeyRoutes(app: App, context: AccessContext): void {
  app.post(
    `${API}/me/passkeys/options`,
    { config, schema: { summary: 'Ask for a new passkey', response: { 200: PasskeyOptions } } },
    async (request) => askForNewPasskey(context, request, await ownAccount(context, request)),
  );
  app.post(
    `${API}/me/passkeys`,
    {
      config,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Add a passkey', body: AddPasskeyRequest, response: { 201: Passkey } },
    },
    async (request, reply) =>
      reply.code(201).send(await addPasskey(context, request, await ownAccount(context, request), request.body)),
  );
  app.delete(
    `${API}/me/passkeys/:id`,
    { config, schema: { summary: 'Remove a passkey', params: ById, response: { 204: Nothing } } },
    async (request, reply) => {
      await removePasskey(context, await ownAccount(context, request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function registerIdentityRoutes(app: App, context: AccessContext): void {
  app.delete(
    `${API}/me/identities/:id`,
    {
      config,
      schema: { summary: 'Sign in by this provider no more', params: ById, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await unlinkIdentity(context, await ownAccount(context, request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function registerOwnSessionRoutes(app: App, context: AccessContext): void {
  app.get(
    `${API}/me/sessions`,
    { config, schema: { summary: 'The own sessions', response: { 200: PersonSessionList } } },
    async (request) => {
      const { personId } = await ownAccount(context, request);
      return { items: await listSessions(context, personId, readSessionCookie(request)) };
    },
  );
  app.delete(
    `${API}/me/sessions`,
    { config, schema: { summary: 'End all other sessions', response: { 204: Nothing } } },
    async (request, reply) => {
      await endOtherSessions(context, await ownAccount(context, request), readSessionCookie(request) ?? '');
      return reply.code(204).send(null);
    },
  );
  app.delete(
    `${API}/me/sessions/:id`,
    { config, schema: { summary: 'End a session', params: ById, response: { 204: Nothing } } },
    async (request, reply) => {
      const { personId } = await ownAccount(context, request);
      if (!(await endSessionById(context.database.kysely, context, personId, request.params.id)))
        throw new HttpProblem(404, 'not-found', { detail: 'You have no such session.' });
      return reply.code(204).send(null);
    },
  );
}
