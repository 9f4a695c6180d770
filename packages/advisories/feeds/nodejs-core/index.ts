import { affectedIn, undecided, unsafeVersions, type Affected } from '../../feed/affected-set.ts';
import type { Feed, FeedContext, FeedDocument, FeedItem } from '../../feed/index.ts';
import { jsonMembers, type JsonMember } from '../../feed/json-stream.ts';
import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line, prose } from '../../feed/record.ts';
import { npmRange } from '../../feed/requirements/npm.ts';
import type { Advisory, Claim } from '../../model/index.ts';

const LIMIT_BYTES = 64 * 1024 ** 2;
const LIMIT_RECORDS = 20_000;

/** The Node.js project's own index of vulnerabilities in Node.js. */
export const nodejsCore: Feed = {
  id: 'nodejs-core',
  name: 'Node.js core vulnerabilities',
  publisher: 'Node.js security working group',
  documentation: 'https://github.com/nodejs/security-wg/tree/main/vuln',
  licence: 'MIT',
  namespaces: ['generic'],
  mode: 'snapshot',
  baseUrl: 'https://raw.githubusercontent.com/nodejs/security-wg/main/vuln/core/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'index.json', role: 'index', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read,
};

async function* read(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const limits = { what: document.request.path, limitRecords: LIMIT_RECORDS };
  for await (const member of jsonMembers(document.chunks(), ['$.*'], limits)) yield* itemsOf(member, context.now);
}

function itemsOf({ path, value, sha256 }: JsonMember, now: Date): readonly FeedItem[] {
  const fields = fieldsOf(value);
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record: line(String(path[0])), reason: line(reason) });
  if (fields === null) return [fault('the record is no object')];
  // The index has the numbers as keys; joined from the files `172.json`, the records say which file they were.
  const number = /(\d{1,9})(?:\.json)?$/.exec(text(own(fields, 'file')) || String(path[0]))?.[1];
  if (number === undefined) return [fault('the record has no number')];
  const id = `NODEJS-CORE-${number}`;
  const cves = (listOf(own(fields, 'cve')) ?? [])
    .map((cve) => text(cve))
    .filter((cve) => /^CVE-\d{4}-\d{4,19}$/.test(cve));
  const url = text(own(fields, 'ref'));
  const severity = line(text(own(fields, 'severity'))) || null;
  const affected = affectedOf(fields);
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: id,
    aliases: [...new Set(cves)].slice(0, 1_000),
    vulnerabilities: cves.length === 0 ? [id] : [...new Set(cves)].slice(0, 1_000),
    title: line(text(own(fields, 'description')) || (text(own(fields, 'overview')).split('\n', 1)[0] ?? '')),
    summary: prose(text(own(fields, 'overview'))),
    published: pastMoment(own(fields, 'publish_date'), now),
    severity,
    references: url === '' || url.length > 4096 ? [] : [{ kind: 'ADVISORY', url }],
    claims: [claimOf(affected, fields, severity)],
    provenance: { feed: 'nodejs-core', record: id, sha256 },
  };
  const problem = affected.status === 'affected' ? [] : [fault(`${id}: ${affected.vendorStatus ?? ''}`)];
  return [{ kind: 'advisory', advisory }, ...problem];
}

function affectedOf(fields: Fields): Affected {
  const vulnerable = text(own(fields, 'vulnerable'));
  const set = vulnerable.trim() === '' ? null : npmRange(vulnerable);
  if (set === null) return undecided(vulnerable);
  const patched = text(own(fields, 'patched'));
  if (patched.trim() === '') return affectedIn(set);
  return unsafeVersions('npm', [patched], npmRange, set);
}

function claimOf(affected: Affected, fields: Fields, severity: string | null): Claim {
  const environments = (listOf(own(fields, 'affectedEnvironments')) ?? [])
    .map((each) => text(each))
    .filter((each) => each !== '');
  const only =
    environments.length === 0 || environments.includes('all') ? null : line(`only on ${environments.join(', ')}`);
  return {
    ...EMPTY_CLAIM,
    ...affected,
    namespace: 'generic',
    name: 'node',
    nameKind: 'binary',
    scheme: 'npm',
    vendorStatus: affected.vendorStatus ?? only,
    severity,
  };
}
