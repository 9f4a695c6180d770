import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type Advisory,
  type Claim,
  type ClaimKey,
  type ClaimRecord,
  type Fact,
  type FactBody,
  type FactKind,
  subjectOf,
} from '@thimble/advisories';
import { damagedRow } from './connection.ts';

/** Shorter texts gain nothing by being packed. */
const PACK_FROM_CHARACTERS = 512;

/** A packed text that unpacks to more was not written by us: the largest VEX document of a kernel has 60 MB. */
const UNPACKED_LIMIT_BYTES = 1024 * 1024 * 1024;

export interface AdvisoryRow {
  readonly head: string;
  readonly rest: string | Uint8Array;
  readonly claims: readonly { readonly key: ClaimKey; readonly body: string | Uint8Array }[];
  /** Of everything above: tells whether a record has changed. */
  readonly digest: Uint8Array;
}

type Head = Required<ClaimRecord['advisory']>;

export function advisoryRow(advisory: Advisory): AdvisoryRow {
  const { id: _, name, aliases, vulnerabilities, severity, withdrawn, provenance, claims, ...others } = advisory;
  const head = JSON.stringify({
    name,
    aliases,
    vulnerabilities,
    severity,
    withdrawn,
    record: provenance.record,
    sha256: provenance.sha256,
  });
  const rest = JSON.stringify(others);
  const texts = claims.map((claim) => ({ key: claim, text: claimText(claim) }));
  const digested = [head, rest, ...texts.flatMap(({ key, text }) => [key.namespace, key.nameKind, key.name, text])];
  return {
    head,
    rest: packed(rest),
    claims: texts.map(({ key, text }) => ({ key, body: packed(text) })),
    digest: hash('sha256', digested.join('\n'), 'buffer').subarray(0, 16),
  };
}

export function advisoryHead(feed: string, id: string, text: unknown): Head {
  const { record, sha256, ...head }: Omit<Head, 'id' | 'provenance'> & { record: string; sha256: string } =
    parsed(text);
  return { id, ...head, provenance: { feed, record, sha256 } };
}

export function advisoryRest(value: unknown): Omit<Advisory, keyof Head | 'claims'> {
  return parsed(value);
}

const LISTS = ['vulnerabilities', 'intervals', 'versions', 'requires'] as const;
const OPTIONAL = ['vendorStatus', 'severity', 'channel', 'module', 'architectures'] as const;
type LeftOut = (typeof LISTS)[number] | (typeof OPTIONAL)[number];

const EMPTY: Pick<Claim, LeftOut> = {
  vulnerabilities: [],
  intervals: [],
  versions: [],
  vendorStatus: null,
  severity: null,
  channel: null,
  module: null,
  architectures: null,
  requires: [],
};

/** What is empty is left out: most claims have no channel, module, architecture … */
function claimText(claim: Claim): string {
  const { namespace: _, name: _name, nameKind: _kind, ...others } = claim;
  const present: Partial<Claim> = others;
  for (const key of LISTS) if (claim[key].length === 0) delete present[key];
  for (const key of OPTIONAL) if (claim[key] === null) delete present[key];
  return JSON.stringify(present);
}

export function claimOf({ namespace, nameKind, name }: ClaimKey, value: unknown): Claim {
  const present: Omit<Claim, keyof ClaimKey | LeftOut> & Partial<Claim> = parsed(value);
  return { ...EMPTY, ...present, namespace, nameKind, name };
}

export interface FactRow {
  readonly kind: FactKind;
  readonly subject: string;
  readonly body: string | Uint8Array;
  readonly record: string | null;
  readonly sha256: Uint8Array;
}

export function factRow({ body, provenance }: Fact): FactRow {
  const subject = subjectOf(body);
  return {
    kind: body.kind,
    subject,
    body: packed(JSON.stringify({ ...body, kind: undefined, [SUBJECT[body.kind]]: undefined })),
    record: provenance.record === subject ? null : provenance.record,
    sha256: Buffer.from(provenance.sha256, 'hex'),
  };
}

export function factBody(kind: FactKind, subject: string, value: unknown): FactBody {
  return Object.assign(parsed<FactBody>(value), { kind, [SUBJECT[kind]]: subject });
}

/** Which property is the subject: it has a column of its own. */
const SUBJECT: Readonly<Record<FactKind, string>> = {
  kev: 'vulnerability',
  epss: 'vulnerability',
  ssvc: 'vulnerability',
  exploit: 'vulnerability',
  description: 'vulnerability',
  support: 'subject',
  supersedence: 'update',
};

function packed(text: string): string | Uint8Array {
  return text.length < PACK_FROM_CHARACTERS ? text : deflateRawSync(text, { level: 4 });
}

/** What was written is read back: the schemas were checked before. @throws AdvisoryStoreError `advisories-damaged` */
function parsed<Shape>(value: unknown): Shape {
  try {
    if (typeof value === 'string') return JSON.parse(value);
    if (value instanceof Uint8Array)
      return JSON.parse(inflateRawSync(value, { maxOutputLength: UNPACKED_LIMIT_BYTES }).toString());
  } catch (error) {
    throw damagedRow(error);
  }
  throw damagedRow(new TypeError(`a ${typeof value} where a record should be`));
}
