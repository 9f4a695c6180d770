/** An endpoint that takes new versions of the agent, as far as one version is concerned. */
export interface AgentMember {
  readonly endpointId: string;
  readonly hostname: string;
  /** Its labels say that it goes first. */
  readonly isCanary: boolean;
  readonly enrolledAtMs: number;
  readonly lastSeenAtMs: number;
  /** What it runs, beside the version: the version itself, or something `older`. Who runs something newer is no member. */
  readonly runs: 'older' | 'this';
  /** Since when it runs what it runs. */
  readonly runsSinceMs: number;
  /** When the server first told it that there is news; null: not yet. */
  readonly toldAtMs: number | null;
  /** It tried the version and went back to the one before; null: it did not. */
  readonly returned: { readonly atMs: number; readonly reason: string } | null;
}

export interface AgentRules {
  /** How many of the endpoints go first, where no labels say which. */
  readonly canaryPercent: number;
  /** So long a version has to do well before more endpoints are told of it. */
  readonly soakMs: number;
  /** Who was not heard for so long is not known to be well. */
  readonly silentMs: number;
}

/** A version on its way through one organisation. */
export interface AgentVersionFacts {
  /** An index of AGENT_WAVES. */
  readonly wave: number;
  readonly waveSinceMs: number;
  /** What happened before is forgiven: a person decided that it goes on, or it began then. */
  readonly judgedSinceMs: number;
  readonly rules: AgentRules;
  readonly members: readonly AgentMember[];
}
