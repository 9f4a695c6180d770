import {
  ClientStateList,
  FailureSharing,
  type FailureSharingMode,
  Organisation,
  OrganisationList,
} from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

/** A provider's organisation and its clients. */
export function organisationCalls(transport: Transport) {
  const at = (id: string): string => `/organisations/${encodeURIComponent(id)}`;
  return {
    organisations: () => call(transport, { method: 'GET', path: '/organisations', reply: OrganisationList }),
    clientStates: () => call(transport, { method: 'GET', path: '/clients', reply: ClientStateList }),
    failureSharing: () => call(transport, { method: 'GET', path: '/failure-sharing', reply: FailureSharing }),
    setFailureSharing: (mode: FailureSharingMode) =>
      call(transport, { method: 'PUT', path: '/failure-sharing', body: { mode }, reply: FailureSharing }),
    createOrganisation: (name: string) =>
      call(transport, { method: 'POST', path: '/organisations', body: { name }, reply: Organisation }),
    renameOrganisation: (id: string, name: string) =>
      call(transport, { method: 'PUT', path: at(id), body: { name }, reply: Organisation }),
    archiveOrganisation: (id: string, removeEndpoints: boolean) =>
      call(transport, { method: 'POST', path: `${at(id)}/archive`, body: { removeEndpoints }, reply: Organisation }),
    restoreOrganisation: (id: string) =>
      call(transport, { method: 'POST', path: `${at(id)}/restore`, reply: Organisation }),
    archivedOrganisations: () =>
      call(transport, { method: 'GET', path: '/organisations/archived', reply: OrganisationList }),
  };
}
