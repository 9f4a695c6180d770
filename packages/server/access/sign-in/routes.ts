import {
  API,
  ConfirmRequest,
  Confirmed,
  PasskeyAssertion,
  PasskeyOptions,
  PasswordSignInReply,
  PasswordSignInRequest,
  SecondFactorRequest,
  Session,
  SignInRequest,
  SignInWays,
  Uuid,
} from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/problem.ts';
import { redeemSignInLink } from '../links/sign-in-links.ts';
import { askForPasskey } from '../passkeys/passkey-assertion.ts';
import { assertSameOrigin } from '../same-origin.ts';
import { type ServerFacts, describeSession } from '../sessions/describe-session.ts';
import { signInByPasskey } from './by-passkey.ts';
import { signInByPassword, signInBySecondFactor } from './by-password.ts';
import { confirm } from './confirm.ts';
import { guardAddress } from './guard-attempts.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import { signInWays } from './ways.ts';

const open = {
  config: { access: 'public' },
  preHandler: async (request: FastifyRequest) => assertSameOrigin(request),
} as const;
/** Nothing that signs in is larger; an assertion with its certificates has a few KB. */
const BODY_LIMIT_BYTES = 64 * 1024;

export function registerSignInRoutes(app: App, context: ServerContext, facts: ServerFacts): void {
  app.get(
    `${API}/sign-in`,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Which ways to sign in there are',
        querystring: Type.Object({ organisation: Type.Optional(Uuid) }),
        response: { 200: SignInWays },
      },
    },
    async (request) => signInWays(context, request, request.query.organisation),
  );
  registerLinkSignIn(app, context, facts);
  registerPasswordSignIn(app, context, facts);
  registerPasskeySignIn(app, context, facts);
  app.post(
    `${API}/session/confirm`,
    {
      config: { access: 'operator' },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Prove again that it is you', body: ConfirmRequest, response: { 200: Confirmed } },
    },
    async (request, reply) => confirm(context, request, reply, request.body),
  );
}

function registerLinkSignIn(app: App, context: ServerContext, facts: ServerFacts): void {
  app.post(
    `${API}/session`,
    {
      ...open,
      bodyLimit: 4096,
      schema: { summary: 'Sign in with a link', body: SignInRequest, response: { 200: Session } },
    },
    async (request, reply) => {
      const attempt = await guardAddress(context, request);
      const person = await redeemSignInLink(context, request.body.link);
      if (person === undefined)
        throw new HttpProblem(401, 'bad-link', {
          detail: 'This sign-in link is unknown, was used before or has ended.',
          hint: 'Get a new one on the server: thimble sign-in-link',
        });
      await attempt.succeeded();
      return describeSession(context, facts, await signIn(context, request, reply, { ...person, method: 'link' }));
    },
  );
}

function registerPasswordSignIn(app: App, context: ServerContext, facts: ServerFacts): void {
  app.post(
    `${API}/session/password`,
    {
      ...open,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Sign in by password', body: PasswordSignInRequest, response: { 200: PasswordSignInReply } },
    },
    async (request, reply) => {
      const step = await signInByPassword(context, request, request.body);
      if (step.kind === 'second-factor')
        return {
          kind: 'second-factor' as const,
          ticket: step.ticket,
          methods: ['code' as const, 'recovery-code' as const],
        };
      return { kind: 'signed-in' as const, session: await describe(request, step.who) };

      async function describe(from: FastifyRequest, who: SignedIn): Promise<Session> {
        return describeSession(context, facts, await signIn(context, from, reply, who));
      }
    },
  );
  app.post(
    `${API}/session/second-factor`,
    {
      ...open,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Give the second factor', body: SecondFactorRequest, response: { 200: Session } },
    },
    async (request, reply) => {
      const who = await signInBySecondFactor(context, request, request.body);
      return describeSession(context, facts, await signIn(context, request, reply, who));
    },
  );
}

function registerPasskeySignIn(app: App, context: ServerContext, facts: ServerFacts): void {
  app.post(
    `${API}/session/passkey/options`,
    { ...open, schema: { summary: 'Ask for a passkey', response: { 200: PasskeyOptions } } },
    async (request) => askForPasskey(context, request),
  );
  app.post(
    `${API}/session/passkey`,
    {
      ...open,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Sign in by passkey', body: PasskeyAssertion, response: { 200: Session } },
    },
    async (request, reply) => {
      const who = await signInByPasskey(context, request, request.body);
      return describeSession(context, facts, await signIn(context, request, reply, who));
    },
  );
}
