/** Who reads content. */
export interface ContentPrincipal {
  /** Whose content may be read; null: anybody's, because content is open. */
  readonly organisationId: string | null;
  /** `relay`: what it takes is counted where it is served. */
  readonly kind: 'endpoint' | 'person' | 'relay' | 'anyone';
  /** Where it is, for counting; empty: not known. */
  readonly site: string;
}
