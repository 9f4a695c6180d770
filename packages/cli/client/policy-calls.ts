import {
  BlackoutCalendar,
  BlackoutCalendarList,
  EndpointPolicy,
  Freeze,
  FreezeList,
  PolicyDetail,
  PolicyList,
  PolicyTemplateList,
  PolicyValidation,
  SimulationJob,
  WindowCalendar,
  WhyNotPatched,
  type ChangePolicyRequest,
  type CreateFreezeRequest,
  type CreatePolicyRequest,
  type SimulateRequest,
} from '@thimble/protocol';
import { call, callForText } from './call.ts';
import type { Transport } from './transport.ts';

/** Policies, and what bounds them in time. */
export function policyCalls(transport: Transport) {
  const at = (id: string): string => `/policies/${encodeURIComponent(id)}`;
  const endpoint = (id: string): string => `/endpoints/${encodeURIComponent(id)}`;
  return {
    policies: () => call(transport, { method: 'GET', path: '/policies', reply: PolicyList }),
    policyTemplates: () => call(transport, { method: 'GET', path: '/policies/templates', reply: PolicyTemplateList }),
    validatePolicy: (text: string) =>
      call(transport, { method: 'POST', path: '/policies/validate', body: { text }, reply: PolicyValidation }),
    policy: (id: string, version?: number) =>
      call(transport, {
        method: 'GET',
        path: at(id),
        ...(version === undefined ? {} : { query: { version } }),
        reply: PolicyDetail,
      }),
    createPolicy: (body: CreatePolicyRequest) =>
      call(transport, { method: 'POST', path: '/policies', body, reply: PolicyDetail }),
    changePolicy: (id: string, body: ChangePolicyRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: PolicyDetail }),
    detachPolicy: (id: string) => call(transport, { method: 'POST', path: `${at(id)}/detach`, reply: PolicyDetail }),
    removePolicy: (id: string) => call(transport, { method: 'DELETE', path: at(id), reply: null }),
    endpointPolicy: (id: string) =>
      call(transport, { method: 'GET', path: `${endpoint(id)}/policy`, reply: EndpointPolicy }),
    whyNotPatched: (id: string) =>
      call(transport, { method: 'GET', path: `${endpoint(id)}/why`, reply: WhyNotPatched }),
    windows: (query: { from?: string; to?: string; policyId?: string } = {}) =>
      call(transport, { method: 'GET', path: '/windows', query, reply: WindowCalendar }),
    windowsAsCalendar: () => callForText(transport, { path: '/windows/ics', accept: 'text/calendar' }),
    calendarText: (name: string) =>
      callForText(transport, { path: `/calendars/${encodeURIComponent(name)}/ics`, accept: 'text/calendar' }),
    calendars: () => call(transport, { method: 'GET', path: '/calendars', reply: BlackoutCalendarList }),
    putCalendar: (name: string, ics: string) =>
      call(transport, {
        method: 'PUT',
        path: `/calendars/${encodeURIComponent(name)}`,
        body: { ics },
        reply: BlackoutCalendar,
      }),
    removeCalendar: (name: string) =>
      call(transport, { method: 'DELETE', path: `/calendars/${encodeURIComponent(name)}`, reply: null }),
    freezes: () => call(transport, { method: 'GET', path: '/freezes', reply: FreezeList }),
    createFreeze: (body: CreateFreezeRequest) =>
      call(transport, { method: 'POST', path: '/freezes', body, reply: Freeze }),
    createSimulation: (body: SimulateRequest) =>
      call(transport, { method: 'POST', path: '/simulations', body, reply: SimulationJob }),
    simulation: (id: string) =>
      call(transport, { method: 'GET', path: `/simulations/${encodeURIComponent(id)}`, reply: SimulationJob }),
    cancelSimulation: (id: string) =>
      call(transport, { method: 'DELETE', path: `/simulations/${encodeURIComponent(id)}`, reply: null }),
    endFreeze: (id: string) =>
      call(transport, { method: 'DELETE', path: `/freezes/${encodeURIComponent(id)}`, reply: Freeze }),
  };
}
