/**
 * What the console and the command line say to the server, all under `/api/v1`:
 *
 *     POST   /session                       SignInRequest → Session (sets the cookie)
 *     GET    /session                       → Session              DELETE /session → 204
 *     GET    /overview                      → Overview
 *     GET    /endpoints                     EndpointListQuery → EndpointList
 *     GET    /endpoints/:id                 → EndpointDetail       DELETE /endpoints/:id → 204
 *     GET    /endpoints/:id/packages|updates|findings|history
 *     POST   /endpoints/:id/scan            → 202
 *     GET    /updates                       → FleetUpdateList      (?search= &security=true)
 *     GET    /findings                      → FindingList          (?state= &search= &limit=)
 *     GET    /runs                          → RunList              POST /runs CreateRunRequest → 201 RunDetail
 *     GET    /runs/:id                      → RunDetail
 *     POST   /runs/:id/approve              ApproveRunRequest → RunDetail
 *     POST   /runs/:id/cancel|retry|roll-back|reboot|restart-services     RunActionRequest → RunDetail
 *     GET    /runs/:id/evidence             → RunEvidence
 *     GET    /evidence                      → EvidenceList         (?runId= &endpointId= &limit= &before=SEQUENCE)
 *     GET    /enrolment-tokens              → TokenList            POST → 201 CreatedEnrolmentToken   DELETE /:id → 204
 *     GET    /tokens                        → TokenList            POST → 201 CreatedToken            DELETE /:id → 204
 *     GET    /events                        server-sent LiveEvent
 *     GET    /downloads                     → DownloadList         GET /downloads/:name → the file (public)
 */
export const API = '/api/v1';

export * from './access.ts';
export * from './downloads.ts';
export * from './endpoints.ts';
export * from './events.ts';
export * from './runs.ts';
