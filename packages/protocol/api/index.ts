/**
 * What the console and the command line say to the server, all under `/api/v1`:
 *
 *     GET    /sign-in                       → SignInWays (?organisation=)
 *     POST   /session                       SignInRequest → Session (sets the cookie, as all that sign in)
 *     POST   /session/password              PasswordSignInRequest → PasswordSignInReply
 *     POST   /session/second-factor         SecondFactorRequest → Session
 *     POST   /session/passkey/options       → PasskeyOptions       POST /session/passkey PasskeyAssertion → Session
 *     GET    /session/oidc/:id              a redirect to the provider, which leads back to GET /session/oidc/:id/callback
 *     POST   /session/confirm               ConfirmRequest → Confirmed
 *     GET    /session                       → Session              DELETE /session → 204
 *     GET    /me                            → Me                   PUT ChangeMeRequest → Me
 *     PUT    /me/password                   SetPasswordRequest → 204
 *     POST   /me/totp                       → NewAuthenticator     PUT ConfirmAuthenticatorRequest → RecoveryCodes   DELETE → 204
 *     POST   /me/recovery-codes             → RecoveryCodes
 *     POST   /me/passkeys/options           → PasskeyOptions       POST /me/passkeys AddPasskeyRequest → 201 Passkey   DELETE /:id → 204
 *     GET    /me/sessions                   → PersonSessionList    DELETE → 204 (all others)   DELETE /:id → 204
 *     GET    /people                        → PersonList           POST InviteRequest → 201 Invited
 *     PUT    /people/:id                    ChangePersonRequest → Person     DELETE (disables) → 204
 *     POST   /people/:id/link               → 201 PersonLink
 *     GET    /people/:id/sessions           → PersonSessionList    DELETE → 204 (all)
 *     GET    /identity-providers            → IdentityProviderList POST PutIdentityProviderRequest → 201 IdentityProvider
 *     PUT    /identity-providers/:id        PutIdentityProviderRequest → IdentityProvider   DELETE → 204
 *     POST   /identity-providers/:id/test   → IdentityProviderTest
 *     GET    /sign-in-rules                 → SignInRules          PUT SignInRules → SignInRules
 *     GET    /overview                      → Overview
 *     GET    /endpoints                     EndpointListQuery → EndpointList
 *     GET    /endpoints/:id                 → EndpointDetail       DELETE /endpoints/:id → 204
 *     GET    /endpoints/:id/asset           → EndpointAsset        PUT EndpointAsset, in part → EndpointAsset
 *     POST   /endpoints/labels              LabelEndpointsRequest → LabelEndpointsReply
 *     GET    /endpoints/:id/packages|updates|findings|history
 *     POST   /endpoints/:id/scan            → 202
 *     GET    /updates                       → FleetUpdateList      (?search= &security=true)
 *     GET    /findings                      → FindingList          (?state= &search= &limit=)
 *     GET    /vulnerabilities               VulnerabilityListQuery → VulnerabilityList
 *     GET    /vulnerabilities/:id           → VulnerabilityDetail
 *     GET    /vulnerabilities/:id/endpoints → AffectedEndpointList (?asOf= &limit=)
 *     PUT    /vulnerabilities/:id/override  OverrideRequest → ExplainedPriority     DELETE → 204
 *     GET    /endpoints/:id/vulnerabilities → EndpointVulnerabilityList (?state= &asOf=)
 *     GET    /explain                       → Explanation          (?vulnerability= &package= | &endpointId= &asOf=)
 *     GET    /gaps                          → FleetGapList
 *     GET    /risk                          → RiskSeries
 *     GET    /next-patches                  → NextPatches          (?endpointId= &limit=)
 *     GET    /exceptions                    → ExceptionList        POST CreateExceptionRequest → 201 Exception   DELETE /:id → 204
 *     GET    /vex                           (?format=cyclonedx|csaf) → the document      POST /vex a document → ExceptionList
 *     GET    /feeds                         → FeedList             PUT /feeds/:id FeedUpdateRequest → FeedSummary
 *     POST   /feeds/:id/sync                → 202                  POST /feeds/import a signed bundle → FeedImportResult
 *     GET    /feeds/export                  → a signed bundle      (?feeds=ID,ID)
 *     GET    /content                       → ContentStatus        PUT UpdateContentRequest → ContentStatus
 *     POST   /content/collect               → 202 (removes what nothing needs)
 *     GET    /content/proposals             → RepositoryProposalList
 *     GET    /content/repositories          → RepositoryList       POST AddRepositoryRequest → 201 RepositorySummary
 *     GET    /content/repositories/:id      → RepositoryDetail     PUT UpdateRepositoryRequest → RepositorySummary   DELETE → 204
 *     POST   /content/repositories/:id/sync SyncRequest → 202
 *     POST   /content/keys                  armored or binary key material → KeySummary[] (what is in it, nothing is stored)
 *     GET    /content/snapshots             → SnapshotList         POST CreateSnapshotRequest → 201 SnapshotDetail
 *     GET    /content/snapshots/:id         → SnapshotDetail       PUT UpdateSnapshotRequest → SnapshotDetail
 *     GET    /content/snapshots/:id/diff    SnapshotDifferenceQuery → SnapshotDifference
 *     POST   /content/snapshots/:id/client-configuration  ClientConfigurationRequest → ClientConfiguration
 *     GET    /content/snapshots/:id/manifest → SnapshotManifestReply (?packages=fleet|all): what a bundle of it holds, signed
 *     POST   /content/import/missing        MissingObjectsRequest → MissingObjectsReply
 *     PUT    /content/import/objects/:sha256 the bytes → 204 (checked; resumable file by file)
 *     POST   /content/import                SignedContentManifest → 201 SnapshotDetail (verified anew from the vendors' signatures)
 *     GET    /content/channels              → ChannelList
 *     PUT    /content/channels/:name        PromoteRequest → Channel     POST /content/channels/:name/undo → Channel     DELETE → 204
 *     GET    /content/blocks                → BlockList            POST CreateBlockRequest → 201 BlockSummary   DELETE /:id (lifts it) → 204
 *     GET    /content/relays                → RelayList            POST CreateRelayRequest → 201 CreatedRelay   DELETE /:id → 204
 *     GET    /content/savings               SavingsQuery → Savings
 *     GET    /runs                          → RunList              POST /runs CreateRunRequest → 201 RunDetail
 *     GET    /runs/:id                      → RunDetail
 *     POST   /runs/:id/approve              ApproveRunRequest → RunDetail
 *     POST   /runs/:id/cancel|retry|roll-back|reboot|restart-services|pre-stage     RunActionRequest → RunDetail
 *     GET    /runs/:id/evidence             → RunEvidence
 *     GET    /approvals                     → ApprovalList         GET /approvals/:id → ApprovalDetail
 *     POST   /approvals/:id/narrow (NarrowApprovalRequest) → 201 ApprovalDetail: a new one that asks for less
 *     GET    /approvals/:id/transactions/:digest → Transaction     POST /approvals/:id/renew → 202
 *     POST   /approvals/:id/signatures      SignStatementRequest → ApprovalDetail
 *     GET    /approvers                     → ApproverStatus       GET /approvers/history → ApproverHistory
 *     GET    /approvers/candidates          → ApproverCandidates
 *     POST   /approvers/proposals           ProposeApproversRequest → 201 ApproverStatus   DELETE /:id → 204
 *     POST   /approvers/proposals/:id/signatures  SignStatementRequest → ApproverStatus
 *     GET    /emergency-stop                → HaltStatus           POST HaltRequest → HaltStatus
 *     POST   /emergency-stop/:id/signatures SignStatementRequest → HaltStatus
 *     POST   /emergency-stop/signed         SignedStopRequest → HaltStatus: a stop by one approver's key
 *     GET    /policies                      → PolicyList           POST CreatePolicyRequest → 201 PolicyDetail
 *     GET    /policies/templates            → PolicyTemplateList   POST /policies/validate ValidatePolicyRequest → PolicyValidation
 *     GET    /policies/:id                  → PolicyDetail (?version=) PUT ChangePolicyRequest → PolicyDetail   DELETE → 204
 *     GET    /endpoints/:id/policy          → EndpointPolicy       GET /endpoints/:id/why → WhyNotPatched
 *     GET    /calendars                     → BlackoutCalendarList PUT /calendars/:name PutCalendarRequest → BlackoutCalendar   DELETE → 204
 *     GET    /calendars/:name/ics           → text/calendar
 *     GET    /windows                       WindowCalendarQuery → WindowCalendar     GET /windows/ics → text/calendar
 *     GET    /freezes                       → FreezeList           POST CreateFreezeRequest → 201 Freeze   DELETE /:id (ends it) → Freeze
 *     POST   /simulations                   SimulateRequest → 202 SimulationJob      GET /simulations/:id → SimulationJob   DELETE → 204
 *     GET    /rollouts                      → RolloutList          POST StartRolloutRequest → 201 RolloutDetail
 *     GET    /rollouts/:id                  → RolloutDetail        GET /rollouts/:id/plans → RolloutPlanList
 *     GET    /rollouts/:id/members          RolloutMemberQuery → RolloutMemberList
 *     POST   /rollouts/:id/approve|halt|resume|skip-gate|roll-back|cancel|retry|hold|release|block  → RolloutDetail
 *     GET    /evidence                      → EvidenceList         (?runId= &endpointId= &limit= &before=SEQUENCE)
 *     GET    /evidence/entries              → EvidenceEntries      (?after=SEQUENCE &limit=): oldest first
 *     GET    /evidence/log                  → EvidenceLog          GET /evidence/checkpoint → text/plain (?size=)
 *     GET    /evidence/checkpoints          → EvidenceCheckpoints  POST /evidence/checkpoint/cosign CosignRequest → CosignReply
 *     GET    /evidence/:sequence/proof      → InclusionProof (?size=)   GET /evidence/consistency → ConsistencyProof (?from= &to=)
 *     GET    /evidence/bundle               → EvidenceBundle       (?runId= | &endpointId= | &from= &to=)
 *     GET    /evidence/exports              → EvidenceExportList   PUT /:name PutEvidenceExportRequest → EvidenceExport   DELETE → 204
 *     POST   /evidence/exports/:name/test   → EvidenceExportTest
 *     GET    /enrolment-tokens              → EnrolmentTokenList   POST → 201 CreatedEnrolmentToken   DELETE /:id → 204
 *     GET    /enrolment                     → EnrolmentRules       PUT EnrolmentRules → EnrolmentRules
 *     GET    /enrolment/waiting             → WaitingEndpointList  POST /enrolment/admit|refuse AdmissionRequest → AdmissionReply
 *     GET    /endpoints/:id/identity        → EndpointIdentity     POST /endpoints/:id/quarantine|release QuarantineRequest → EndpointIdentity
 *     POST   /endpoints/:id/separate        SeparateRequest → EndpointIdentity
 *     GET    /tokens                        → ApiTokenList         POST CreateTokenRequest → 201 CreatedToken   DELETE /:id → 204
 *     GET    /permissions                   → PermissionList
 *     GET    /order-keys                    → OrderKeyStatus       POST RotateOrderKeyRequest → 201 OrderKeyStatus (on the server itself)
 *     GET    /organisations                 → OrganisationList     POST SaveOrganisationRequest → 201 Organisation
 *     PUT    /organisations/:id             SaveOrganisationRequest → Organisation
 *     POST   /organisations/:id/archive     ArchiveOrganisationRequest → Organisation          POST …/:id/restore → Organisation
 *     GET    /organisations/archived        → OrganisationList
 *     GET    /clients                       → ClientStateList
 *     GET    /roles                         → RoleList             POST SaveRoleRequest → 201 Role
 *     PUT    /roles/:id                     SaveRoleRequest → Role DELETE → 204
 *     GET    /failure-sharing               → FailureSharing       PUT FailureSharing → FailureSharing
 *     GET    /four-eyes                     → FourEyes             PUT SetFourEyesRequest → FourEyes
 *     GET    /grants                        → AllGrants
 *     GET    /people/:id/grants             → GrantList            PUT SetGrantsRequest → GrantList
 *     GET    /events                        server-sent LiveEvent
 *     GET    /downloads                     → DownloadList         GET /downloads/:name → the file (public)
 *     GET    /agent-updates                 → AgentUpdateStatus    POST /agent-updates/decide AgentVersionDecision → AgentUpdateStatus
 */
export const API = '/api/v1';

export * from './access.ts';
export * from './api-tokens.ts';
export * from './approvals.ts';
export * from './content.ts';
export * from './agent-updates.ts';
export * from './downloads.ts';
export * from './endpoints.ts';
export * from './enrolment.ts';
export * from './events.ts';
export * from './evidence.ts';
export * from './evidence-exports.ts';
export * from './feeds.ts';
export * from './failure-sharing.ts';
export * from './four-eyes.ts';
export * from './identity-providers.ts';
export * from './order-keys.ts';
export * from './organisations.ts';
export * from './people.ts';
export * from './permissions.ts';
export * from './policies.ts';
export * from './repositories.ts';
export * from './roles.ts';
export * from './rollouts.ts';
export * from './runs.ts';
export * from './simulation.ts';
export * from './snapshots.ts';
export * from './vulnerabilities.ts';
