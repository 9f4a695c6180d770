import { affectedIn, undecided } from '../../feed/affected-set.ts';
import { cvssScore } from '../../feed/cvss.ts';
import type { Feed, FeedDocument, FeedItem } from '../../feed/index.ts';
import { jsonMembers, type JsonMember } from '../../feed/json-stream.ts';
import { fieldsOf, own, text } from '../../feed/json-value.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line } from '../../feed/record.ts';
import { npmRange } from '../../feed/requirements/npm.ts';
import type { Advisory, Claim } from '../../model/index.ts';

const LIMIT_BYTES = 256 * 1024 ** 2;
const LIMIT_RECORDS = 200_000;

/** Answers of an npm registry to `npm audit` (bulk advisory endpoint): only of the packages that were asked for. */
export const npmAudit: Feed = {
  id: 'npm-audit',
  name: 'npm audit (bulk answers)',
  publisher: 'GitHub and npm',
  documentation: 'https://docs.npmjs.com/cli/v11/commands/npm-audit#bulk-advisory-endpoint',
  licence: 'CC-BY-4.0',
  namespaces: ['npm'],
  onRequest: 'osv-npm has its records, and a registry is asked about one package at a time',
  // An answer says nothing about packages that were not asked for: it ends none of theirs.
  mode: 'delta',
  // Which registry, the machine's own configuration says (RFC 2606: `.invalid` answers nowhere).
  baseUrl: 'https://npm-registry.invalid/-/npm/v1/security/advisories/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'bulk', role: 'bulk', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read,
};

async function* read(document: FeedDocument): AsyncGenerator<FeedItem> {
  const limits = { what: document.request.path, limitRecords: LIMIT_RECORDS };
  for await (const member of jsonMembers(document.chunks(), ['$.*.*'], limits)) yield* itemsOf(member);
}

function itemsOf({ path, value, sha256 }: JsonMember): readonly FeedItem[] {
  const name = String(path[0] ?? '');
  const place = line(path.join('/'));
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record: place, reason: line(reason) });
  const fields = fieldsOf(value);
  const id = fields === null ? null : own(fields, 'id');
  if (fields === null || typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
    return [fault('the advisory has no number')];
  if (name === '' || name.length > 512 || typeof path[0] !== 'string') return [fault('the advisory is of no package')];
  const url = text(own(fields, 'url'));
  const ghsa = /(GHSA(?:-[0-9a-z]{4}){3})$/.exec(url)?.[1];
  const advisoryName = ghsa ?? `npm:${id}`;
  const range = text(own(fields, 'vulnerable_versions'));
  const set = range === '' ? null : npmRange(range);
  const affected = set === null ? undecided(range) : affectedIn(set);
  const severity = line(text(own(fields, 'severity'))) || null;
  const vector = text(fieldsOf(own(fields, 'cvss'))?.['vectorString']);
  const cvss = cvssScore(vector, 'GitHub');
  // npm writes that there is no repair as one below everything.
  const unrepaired = /^<\s*0\.0\.0$/.test(text(own(fields, 'patched_versions')));
  const claim: Claim = {
    ...EMPTY_CLAIM,
    ...affected,
    ...(unrepaired && affected.status === 'affected' ? { fix: { state: 'none' as const, version: null } } : {}),
    namespace: 'npm',
    name,
    nameKind: 'binary',
    scheme: 'npm',
    severity,
  };
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id: String(id),
    name: advisoryName,
    vulnerabilities: [advisoryName],
    title: line(text(own(fields, 'title'))),
    severity,
    cvss: cvss === null ? [] : [cvss],
    references: url === '' || url.length > 4096 ? [] : [{ kind: 'ADVISORY', url }],
    claims: [claim],
    provenance: { feed: 'npm-audit', record: place, sha256 },
  };
  const problem = affected.status === 'affected' ? [] : [fault(`${id}: ${affected.vendorStatus ?? ''}`)];
  return [{ kind: 'advisory', advisory }, ...problem];
}
