import {
  Invited,
  Person,
  PersonLink,
  PersonList,
  type ChangePersonRequest,
  type InviteRequest,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

const SignInLink = Type.Object({ url: Type.String({ maxLength: 2048 }) });

export function peopleCalls(transport: Transport) {
  const at = (id: string): string => `/people/${encodeURIComponent(id)}`;
  return {
    people: () => call(transport, { method: 'GET', path: '/people', reply: PersonList }),
    invite: (body: InviteRequest) => call(transport, { method: 'POST', path: '/people', body, reply: Invited }),
    changePerson: (id: string, body: ChangePersonRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: Person }),
    linkFor: (id: string) => call(transport, { method: 'POST', path: `${at(id)}/link`, reply: PersonLink }),
    unlinkIdentitiesOf: (id: string) =>
      call(transport, { method: 'DELETE', path: `${at(id)}/identities`, reply: null }),
    endSessionsOf: (id: string) => call(transport, { method: 'DELETE', path: `${at(id)}/sessions`, reply: null }),
    /** An address to open on the server's own machine; works once. Without a login: for who set up the server. */
    createSignInLink: (login?: string) =>
      call(transport, { method: 'POST', path: '/sign-in-links', query: { login }, reply: SignInLink }),
  };
}
