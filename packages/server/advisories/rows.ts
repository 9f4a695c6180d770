import { hash } from 'node:crypto';
import {
  type Advisory,
  type Claim,
  type ClaimKey,
  type Fact,
  type FactBody,
  type FactKind,
  subjectOf,
} from '@thimble/advisories';

/** Half of a SHA-256: what is compared are versions of one record, not anybody's forgeries. */
const DIGEST_BYTES = 16;

/** An advisory as it goes to the database, in the members of its staging table. */
export interface AdvisoryRow {
  readonly record_id: string;
  /** Hexadecimal, as all digests here. */
  readonly digest: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly vulnerabilities: readonly string[];
  readonly severity: string | null;
  readonly withdrawn: string | null;
  readonly record: string | null;
  readonly sha256: string;
  readonly document: AdvisoryDocument;
}

/** What of an advisory no verdict needs. */
export type AdvisoryDocument = Omit<
  Advisory,
  'id' | 'name' | 'aliases' | 'vulnerabilities' | 'severity' | 'withdrawn' | 'provenance' | 'claims'
>;

export interface ClaimRow {
  readonly namespace: string;
  readonly name_kind: string;
  readonly name: string;
  readonly digest: string;
  readonly body: ClaimBody;
}

/** A claim without its key, and without what is empty: most have no channel, module, architecture … */
export type ClaimBody = Pick<Claim, 'status' | 'scheme' | 'fix'> & Partial<Claim>;

export interface FactRow {
  readonly kind: FactKind;
  readonly subject: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly record: string | null;
  readonly sha256: string;
}

export function advisoryRows(advisory: Advisory): { readonly row: AdvisoryRow; readonly claims: readonly ClaimRow[] } {
  const { id, name, aliases, vulnerabilities, severity, withdrawn, provenance, claims, ...document } = advisory;
  const head = JSON.stringify([name, aliases, vulnerabilities, severity, withdrawn]);
  const claimRows = claims.map((claim): ClaimRow => {
    const body = bodyOf(claim);
    const { namespace, nameKind, name: about } = claim;
    const digest = digestOf(head + JSON.stringify([namespace, nameKind, about, body]));
    return { namespace, name_kind: nameKind, name: about, digest, body };
  });
  const whole = [head, JSON.stringify([document, provenance]), ...claimRows.map(({ digest }) => digest)].join('\n');
  const record = provenance.record === id ? null : provenance.record;
  return {
    row: {
      record_id: id,
      digest: digestOf(whole),
      name,
      aliases,
      vulnerabilities,
      severity,
      withdrawn,
      record,
      sha256: provenance.sha256,
      document,
    },
    claims: claimRows,
  };
}

export function factRow({ body, provenance }: Fact): FactRow {
  const subject = subjectOf(body);
  const { [SUBJECT[body.kind]]: _subject, kind, ...rest } = body as FactBody & Readonly<Record<string, unknown>>;
  const record = provenance.record === subject ? null : provenance.record;
  return { kind, subject, body: rest, record, sha256: provenance.sha256 };
}

export function factBody(kind: FactKind, subject: string, body: Readonly<Record<string, unknown>>): FactBody {
  return { ...body, kind, [SUBJECT[kind]]: subject } as unknown as FactBody;
}

export function claimOf({ namespace, nameKind, name }: ClaimKey, body: ClaimBody): Claim {
  return { ...EMPTY, ...body, namespace, nameKind, name };
}

const LISTS = ['vulnerabilities', 'intervals', 'versions', 'requires'] as const;
const OPTIONAL = ['vendorStatus', 'severity', 'channel', 'module', 'architectures'] as const;

const EMPTY = {
  vulnerabilities: [],
  intervals: [],
  versions: [],
  requires: [],
  vendorStatus: null,
  severity: null,
  channel: null,
  module: null,
  architectures: null,
} satisfies Pick<Claim, (typeof LISTS)[number] | (typeof OPTIONAL)[number]>;

const LIST_MEMBERS: ReadonlySet<string> = new Set(LISTS);
const OPTIONAL_MEMBERS: ReadonlySet<string> = new Set(OPTIONAL);
const KEY_MEMBERS: ReadonlySet<string> = new Set(['namespace', 'nameKind', 'name']);

function bodyOf(claim: Claim): ClaimBody {
  const members = Object.entries(claim).filter(([key, value]) => {
    if (KEY_MEMBERS.has(key) || (value === null && OPTIONAL_MEMBERS.has(key))) return false;
    return !(Array.isArray(value) && value.length === 0 && LIST_MEMBERS.has(key));
  });
  return Object.fromEntries(members) as unknown as ClaimBody;
}

function digestOf(text: string): string {
  return hash('sha256', text, 'buffer').toString('hex', 0, DIGEST_BYTES);
}

/** Which member is the subject: it has a column of its own. */
const SUBJECT: Readonly<Record<FactKind, string>> = {
  kev: 'vulnerability',
  epss: 'vulnerability',
  ssvc: 'vulnerability',
  exploit: 'vulnerability',
  description: 'vulnerability',
  support: 'subject',
  supersedence: 'update',
};

/**
 * JSON as PostgreSQL can store it: it keeps neither NUL nor half a surrogate pair (JSON.stringify writes both as escapes).
 * Each becomes U+FFFD, the replacement character.
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return text.replace(/((?<!\\)(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\ufffd');
}
