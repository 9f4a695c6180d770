import {
  ApiTokenList,
  CreatedToken,
  DownloadList,
  EndpointAsset,
  EndpointDetail,
  EndpointHistory,
  EndpointList,
  EndpointPackages,
  EndpointUpdates,
  EndpointVulnerabilityList,
  EvidenceList,
  Exception,
  ExceptionList,
  Explanation,
  FeedImportResult,
  FeedList,
  FeedSummary,
  FindingList,
  FleetGapList,
  FleetUpdateList,
  LabelEndpointsReply,
  NextPatches,
  Overview,
  RunDetail,
  RunEvidence,
  RunList,
  Session,
  VulnerabilityDetail,
  VulnerabilityList,
  type ApproveRunRequest,
  type CreateExceptionRequest,
  type CreateRunRequest,
  type CreateTokenRequest,
  type EndpointListQuery,
  type FeedUpdateRequest,
  type LabelEndpointsRequest,
  type LiveEvent,
  type VulnerabilityListQuery,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { agentUpdateCalls } from './agent-update-calls.ts';
import { approvalCalls } from './approval-calls.ts';
import { call } from './call.ts';
import { contentCalls } from './content-calls.ts';
import { enrolmentCalls } from './enrolment-calls.ts';
import { evidenceCalls } from './evidence-calls.ts';
import { inOrganisation } from './in-organisation.ts';
import { liveEvents } from './live-events.ts';
import { organisationCalls } from './organisation-calls.ts';
import { peopleCalls } from './people-calls.ts';
import { policyCalls } from './policy-calls.ts';
import { roleCalls } from './role-calls.ts';
import { rolloutCalls } from './rollout-calls.ts';
import type { Target } from './target.ts';
import { makeTransport, type Transport, type Upload } from './transport.ts';

export type RunAction = 'cancel' | 'retry' | 'roll-back' | 'reboot' | 'restart-services' | 'pre-stage' | 'trial';

/** A bundle of all advisories is a few million records, which the server checks before it answers. */
const IMPORT_SILENCE_MS = 3_600_000;

export type VexFormat = 'cyclonedx' | 'csaf';

const AnyObject = Type.Object({}, { additionalProperties: true });

/** The server's API for people and programs; a method for each route, replies checked against the protocol. */
export type Client = ReturnType<typeof clientOver>;

export function createClient(target: Target): Client {
  const transport = makeTransport(target);
  return clientOver(target.organisation === undefined ? transport : inOrganisation(transport, target.organisation));
}

function clientOver(transport: Transport) {
  return {
    session: () => call(transport, { method: 'GET', path: '/session', reply: Session }),
    overview: () => call(transport, { method: 'GET', path: '/overview', reply: Overview }),
    downloads: () => call(transport, { method: 'GET', path: '/downloads', reply: DownloadList }),
    events: (signal: AbortSignal): AsyncGenerator<LiveEvent> => liveEvents(transport, signal),
    ...endpointCalls(transport),
    ...vulnerabilityCalls(transport),
    ...exceptionCalls(transport),
    ...feedCalls(transport),
    ...runCalls(transport),
    ...evidenceCalls(transport),
    ...accessCalls(transport),
    ...organisationCalls(transport),
    ...agentUpdateCalls(transport),
    ...enrolmentCalls(transport),
    ...contentCalls(transport),
    ...peopleCalls(transport),
    ...policyCalls(transport),
    ...roleCalls(transport),
    ...rolloutCalls(transport),
    ...approvalCalls(transport),
  };
}

function endpointCalls(transport: Transport) {
  const at = endpointPath;
  return {
    endpoints: (query: EndpointListQuery = {}) =>
      call(transport, { method: 'GET', path: '/endpoints', query, reply: EndpointList }),
    endpoint: (id: string) => call(transport, { method: 'GET', path: at(id), reply: EndpointDetail }),
    endpointPackages: (id: string) =>
      call(transport, { method: 'GET', path: `${at(id)}/packages`, reply: EndpointPackages }),
    endpointUpdates: (id: string) =>
      call(transport, { method: 'GET', path: `${at(id)}/updates`, reply: EndpointUpdates }),
    endpointFindings: (id: string) =>
      call(transport, { method: 'GET', path: `${at(id)}/findings`, reply: FindingList }),
    endpointHistory: (id: string) =>
      call(transport, { method: 'GET', path: `${at(id)}/history`, reply: EndpointHistory }),
    scanEndpoint: (id: string) => call(transport, { method: 'POST', path: `${at(id)}/scan`, reply: null }),
    /** What is not given stays as it was. */
    setEndpointAsset: (id: string, body: Partial<EndpointAsset>) =>
      call(transport, { method: 'PUT', path: `${at(id)}/asset`, body, reply: EndpointAsset }),
    labelEndpoints: (body: LabelEndpointsRequest) =>
      call(transport, { method: 'POST', path: '/endpoints/labels', body, reply: LabelEndpointsReply }),
    removeEndpoint: (id: string) => call(transport, { method: 'DELETE', path: at(id), reply: null }),
    updates: (query: { search?: string; security?: boolean } = {}) =>
      call(transport, { method: 'GET', path: '/updates', query, reply: FleetUpdateList }),
    findings: (query: { state?: string; search?: string; limit?: number } = {}) =>
      call(transport, { method: 'GET', path: '/findings', query, reply: FindingList }),
  };
}

type ExplainQuery = {
  readonly vulnerability: string;
  readonly package?: string;
  readonly endpointId?: string;
  readonly asOf?: string;
};

function vulnerabilityCalls(transport: Transport) {
  return {
    vulnerabilities: (query: VulnerabilityListQuery = {}) =>
      call(transport, { method: 'GET', path: '/vulnerabilities', query, reply: VulnerabilityList }),
    vulnerability: (id: string) =>
      call(transport, {
        method: 'GET',
        path: `/vulnerabilities/${encodeURIComponent(id)}`,
        reply: VulnerabilityDetail,
      }),
    endpointVulnerabilities: (id: string, query: { asOf?: string } = {}) =>
      call(transport, {
        method: 'GET',
        path: `${endpointPath(id)}/vulnerabilities`,
        query,
        reply: EndpointVulnerabilityList,
      }),
    explain: (query: ExplainQuery) => call(transport, { method: 'GET', path: '/explain', query, reply: Explanation }),
    gaps: () => call(transport, { method: 'GET', path: '/gaps', reply: FleetGapList }),
    nextPatches: (query: { endpointId?: string; limit?: number } = {}) =>
      call(transport, { method: 'GET', path: '/next-patches', query, reply: NextPatches }),
  };
}

function exceptionCalls(transport: Transport) {
  return {
    exceptions: () => call(transport, { method: 'GET', path: '/exceptions', reply: ExceptionList }),
    createException: (body: CreateExceptionRequest) =>
      call(transport, { method: 'POST', path: '/exceptions', body, reply: Exception }),
    revokeException: (id: string) =>
      call(transport, { method: 'DELETE', path: `/exceptions/${encodeURIComponent(id)}`, reply: null }),
    /** The document in its own format. */
    vex: (format: VexFormat) => call(transport, { method: 'GET', path: '/vex', query: { format }, reply: AnyObject }),
    importVex: (document: object) =>
      call(transport, { method: 'POST', path: '/vex', body: document, reply: ExceptionList }),
  };
}

function feedCalls(transport: Transport) {
  const at = (id: string): string => `/feeds/${encodeURIComponent(id)}`;
  return {
    feeds: () => call(transport, { method: 'GET', path: '/feeds', reply: FeedList }),
    updateFeed: (id: string, body: FeedUpdateRequest) =>
      call(transport, { method: 'PUT', path: at(id), body, reply: FeedSummary }),
    /** Only asks for it: how it went is in the list of feeds, later. */
    syncFeed: (id: string) => call(transport, { method: 'POST', path: `${at(id)}/sync`, reply: null }),
    importFeeds: (upload: Upload, { force = false, signal }: { force?: boolean; signal?: AbortSignal } = {}) =>
      call(transport, {
        method: 'POST',
        path: '/feeds/import',
        query: force ? { force } : {},
        upload,
        silenceMs: IMPORT_SILENCE_MS,
        reply: FeedImportResult,
        signal,
      }),
  };
}

function runCalls(transport: Transport) {
  const at = runPath;
  return {
    runs: () => call(transport, { method: 'GET', path: '/runs', reply: RunList }),
    run: (id: string) => call(transport, { method: 'GET', path: at(id), reply: RunDetail }),
    createRun: (body: CreateRunRequest) => call(transport, { method: 'POST', path: '/runs', body, reply: RunDetail }),
    approveRun: (id: string, body: ApproveRunRequest) =>
      call(transport, { method: 'POST', path: `${at(id)}/approve`, body, reply: RunDetail }),
    /** @param endpoints Left out: all to which the action applies. */
    actOnRun: (id: string, action: RunAction, endpoints?: readonly string[]) =>
      call(transport, {
        method: 'POST',
        path: `${at(id)}/${action}`,
        body: endpoints === undefined ? {} : { endpoints },
        reply: RunDetail,
      }),
    runEvidence: (id: string) => call(transport, { method: 'GET', path: `${at(id)}/evidence`, reply: RunEvidence }),
    evidence: (query: { runId?: string; endpointId?: string; limit?: number; before?: number } = {}) =>
      call(transport, { method: 'GET', path: '/evidence', query, reply: EvidenceList }),
  };
}

function accessCalls(transport: Transport) {
  return {
    tokens: () => call(transport, { method: 'GET', path: '/tokens', reply: ApiTokenList }),
    createToken: (body: CreateTokenRequest) =>
      call(transport, { method: 'POST', path: '/tokens', body, reply: CreatedToken }),
    revokeToken: (id: string) =>
      call(transport, { method: 'DELETE', path: `/tokens/${encodeURIComponent(id)}`, reply: null }),
  };
}

function endpointPath(id: string): string {
  return `/endpoints/${encodeURIComponent(id)}`;
}

function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}
