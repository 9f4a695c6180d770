import { type Static, Type } from 'typebox';
import { Count, Label, Timestamp, Uuid } from '../fields.ts';

/** A request's header that names the organisation in which it acts; without it, the caller's own. */
export const ORGANISATION_HEADER = 'thimble-organisation';

/** A provider, its clients, and their parts. */
export const ORGANISATION_LEVELS = 3;

export const OrganisationName = Type.String({ minLength: 1, maxLength: 200, pattern: '^\\S(.*\\S)?$' });

export const Organisation = Type.Object({
  id: Uuid,
  name: Label,
  /** null: nobody above it. One that the caller does not see is named all the same. */
  parentId: Type.Union([Uuid, Type.Null()]),
  createdAt: Timestamp,
  archivedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Organisation = Static<typeof Organisation>;

/** Those in which the caller may do something, by name. */
export const OrganisationList = Type.Object({ items: Type.Array(Organisation) });
export type OrganisationList = Static<typeof OrganisationList>;

export const SaveOrganisationRequest = Type.Object({ name: OrganisationName }, { additionalProperties: false });
export type SaveOrganisationRequest = Static<typeof SaveOrganisationRequest>;

/** 409 `has-endpoints` unless they are to be removed with it; 409 `has-clients`. */
export const ArchiveOrganisationRequest = Type.Object(
  { removeEndpoints: Type.Boolean() },
  { additionalProperties: false },
);
export type ArchiveOrganisationRequest = Static<typeof ArchiveOrganisationRequest>;

export const ClientState = Type.Object({
  organisation: Organisation,
  endpointCount: Count,
  /** Not heard of for too long. */
  staleCount: Count,
  /** Endpoints with an open finding. */
  exposedCount: Count,
  /** Open vulnerabilities that are known to be exploited. */
  exploitedCount: Count,
  /** Open vulnerabilities of critical severity. */
  criticalCount: Count,
  haltedRolloutCount: Count,
  /** Endpoints that a rollout under way should have patched by now. */
  overdueCount: Count,
  /** Runs and rollouts that nobody has approved yet, and requests that want signatures of approvers. */
  waitingApprovalCount: Count,
  /** When the newest run was begun. */
  lastRunAt: Type.Union([Timestamp, Type.Null()]),
});
export type ClientState = Static<typeof ClientState>;

/** Every organisation of which the caller may see all endpoints. */
export const ClientStateList = Type.Object({ items: Type.Array(ClientState) });
export type ClientStateList = Static<typeof ClientStateList>;
