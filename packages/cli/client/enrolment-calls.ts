import {
  AdmissionReply,
  CreatedEnrolmentToken,
  EndpointIdentity,
  EnrolmentRules,
  EnrolmentTokenList,
  WaitingEndpointList,
  type CreateEnrolmentTokenRequest,
} from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

/** Who gets in, and who an endpoint is. */
export function enrolmentCalls(transport: Transport) {
  const decide = (decision: 'admit' | 'refuse', endpoints: readonly string[]) =>
    call(transport, { method: 'POST', path: `/enrolment/${decision}`, body: { endpoints }, reply: AdmissionReply });
  const change = (id: string, what: 'quarantine' | 'release' | 'separate', body: object) =>
    call(transport, {
      method: 'POST',
      path: `/endpoints/${encodeURIComponent(id)}/${what}`,
      body,
      reply: EndpointIdentity,
    });
  return {
    enrolmentTokens: () => call(transport, { method: 'GET', path: '/enrolment-tokens', reply: EnrolmentTokenList }),
    createEnrolmentToken: (body: CreateEnrolmentTokenRequest) =>
      call(transport, { method: 'POST', path: '/enrolment-tokens', body, reply: CreatedEnrolmentToken }),
    revokeEnrolmentToken: (id: string) =>
      call(transport, { method: 'DELETE', path: `/enrolment-tokens/${encodeURIComponent(id)}`, reply: null }),
    changeEnrolmentRules: (body: EnrolmentRules) =>
      call(transport, { method: 'PUT', path: '/enrolment', body, reply: EnrolmentRules }),
    waitingEndpoints: () => call(transport, { method: 'GET', path: '/enrolment/waiting', reply: WaitingEndpointList }),
    admitEndpoints: (endpoints: readonly string[]) => decide('admit', endpoints),
    refuseEndpoints: (endpoints: readonly string[]) => decide('refuse', endpoints),
    endpointIdentity: (id: string) =>
      call(transport, {
        method: 'GET',
        path: `/endpoints/${encodeURIComponent(id)}/identity`,
        reply: EndpointIdentity,
      }),
    quarantineEndpoint: (id: string, reason: string) => change(id, 'quarantine', { reason }),
    releaseEndpoint: (id: string, reason: string) => change(id, 'release', { reason }),
    separateEndpoint: (id: string, bootId: string) => change(id, 'separate', { bootId }),
  };
}
