import type { EndpointFilter } from '@thimble/protocol';

/** What a policy's filters look at of an endpoint. */
export interface EndpointTraits {
  readonly hostname: string;
  /** os-release id: `debian`; null: not known yet, so that no filter by platform takes it. */
  readonly platform: string | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly groups: readonly string[];
  readonly criticality: NonNullable<EndpointFilter['criticality']>[number];
  readonly site: string | null;
}

/** What a policy's filters and deadlines look at of a pending update. Unknown is null or `unknown`, never a default. */
export interface UpdateTraits {
  /** Of the binary package. */
  readonly name: string;
  readonly source: string;
  /** From the vendor's security channel. */
  readonly security: boolean;
  /** Known vulnerabilities that it closes; an update that closes one is a security update wherever it comes from. */
  readonly vulnerabilities: readonly string[];
  /** As the repository states it: `Debian`. */
  readonly origin: string | null;
  /** The worst of what it closes. */
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'unknown';
  /** CISA's catalogue names one of them: the soonest due date; null: none is in it. */
  readonly kev: { readonly dueMs: number | null } | null;
  /** The highest EPSS probability, 0 to 1. */
  readonly epss: number | null;
  /** The most urgent SSVC decision. */
  readonly ssvc: 'act' | 'attend' | 'track*' | 'track' | null;
  /** When the vendor published it. */
  readonly publishedMs: number | null;
}
