/** The names under which fetched things are cached; live events invalidate by these. */
export const keys = {
  session: ['session'] as const,
  overview: ['overview'] as const,
  endpoints: ['endpoints'] as const,
  endpoint: (id: string) => ['endpoint', id] as const,
  updates: ['updates'] as const,
  runs: ['runs'] as const,
  run: (id: string) => ['run', id] as const,
  evidence: ['evidence'] as const,
  enrolmentTokens: ['enrolment-tokens'] as const,
  tokens: ['tokens'] as const,
  /** Everything that assessing anew may change: lists, one vulnerability, those of an endpoint. */
  vulnerabilities: ['vulnerabilities'] as const,
  vulnerability: (id: string) => ['vulnerabilities', 'one', id] as const,
  risk: ['risk'] as const,
  gaps: ['gaps'] as const,
  nextPatches: ['next-patches'] as const,
  exceptions: ['exceptions'] as const,
  feeds: ['feeds'] as const,
  downloads: ['downloads'] as const,
};
