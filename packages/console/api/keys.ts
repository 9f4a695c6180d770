/** The names under which fetched things are cached; live events invalidate by these. */
export const keys = {
  session: ['session'] as const,
  /** The own account, and its sessions: a prefix of the second. */
  me: ['me'] as const,
  ownSessions: ['me', 'sessions'] as const,
  identityProviders: ['identity-providers'] as const,
  signInRules: ['sign-in-rules'] as const,
  overview: ['overview'] as const,
  endpoints: ['endpoints'] as const,
  endpoint: (id: string) => ['endpoint', id] as const,
  updates: ['updates'] as const,
  runs: ['runs'] as const,
  run: (id: string) => ['run', id] as const,
  /** Lists, one rollout, its members and plans: a prefix of all below. */
  rollouts: ['rollouts'] as const,
  rollout: (id: string) => ['rollouts', 'one', id] as const,
  /** Policies, calendars, freezes, windows. */
  policies: ['policies'] as const,
  /** Requests, approvers and stops: a prefix of all of them. */
  approvals: ['approvals'] as const,
  evidence: ['evidence'] as const,
  agentUpdates: ['agent-updates'] as const,
  orderKeys: ['order-keys'] as const,
  /** Tokens, rules and the queue: a prefix of all below. */
  enrolment: ['enrolment'] as const,
  enrolmentTokens: ['enrolment', 'tokens'] as const,
  enrolmentRules: ['enrolment', 'rules'] as const,
  waitingEndpoints: ['enrolment', 'waiting'] as const,
  /** Those one may enter, how they stand, those that ended: a prefix of all below. */
  organisations: ['organisations'] as const,
  clientStates: ['organisations', 'states'] as const,
  failureSharing: ['failure-sharing'] as const,
  tokens: ['tokens'] as const,
  people: ['people'] as const,
  grants: ['grants'] as const,
  roles: ['roles'] as const,
  permissions: ['permissions'] as const,
  fourEyes: ['four-eyes'] as const,
  /** Everything that assessing anew may change: lists, one vulnerability, those of an endpoint. */
  vulnerabilities: ['vulnerabilities'] as const,
  vulnerability: (id: string) => ['vulnerabilities', 'one', id] as const,
  risk: ['risk'] as const,
  gaps: ['gaps'] as const,
  nextPatches: ['next-patches'] as const,
  exceptions: ['exceptions'] as const,
  feeds: ['feeds'] as const,
  downloads: ['downloads'] as const,
  /** Everything of content: a prefix of all below. */
  content: ['content'] as const,
  contentStatus: ['content', 'status'] as const,
  proposals: ['content', 'proposals'] as const,
  repositories: ['content', 'repositories'] as const,
  snapshots: ['content', 'snapshots'] as const,
  channels: ['content', 'channels'] as const,
  blocks: ['content', 'blocks'] as const,
  relays: ['content', 'relays'] as const,
  savings: ['content', 'savings'] as const,
};
