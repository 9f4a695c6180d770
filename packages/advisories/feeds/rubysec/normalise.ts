import { parse } from 'yaml';
import { unsafeVersions, undecided } from '../../feed/affected-set.ts';
import type { ArchivedRecord } from '../../feed/archive-records.ts';
import type { FeedItem } from '../../feed/index.ts';
import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line, prose, provenanceOf } from '../../feed/record.ts';
import { gemRequirement } from '../../feed/requirements/gem.ts';
import { canonicalVulnerability, type Advisory, type Claim } from '../../model/index.ts';

const NESTED_KEYS = /(?:\?\s+){4}/;
const NAME = /^[\x21-\x7e]{1,200}$/;

/** A file `gems/NAME/ID.yml` or `rubies/ENGINE/ID.yml`. */
export function rubysecItems({ name, bytes, text: file }: ArchivedRecord, now: Date): FeedItem[] {
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record: line(name), reason: line(reason) });
  const fields = yamlOf(file);
  if (fields === null) return [fault('the record is no YAML mapping')];
  const engine = text(own(fields, 'engine'));
  const subject = text(own(fields, 'gem')) || engine;
  // The file's name is the record's id: `gems/rack/CVE-2024-1234.yml`; one CVE can have a file for each of several gems.
  const recordId = /([^/]+)\.ya?ml$/.exec(name)?.[1] ?? '';
  const id = `${subject}/${recordId}`;
  if (!NAME.test(subject) || !/^[\x21-\x7e]{1,128}$/.test(id)) return [fault('the record names no gem or engine')];
  const ids = idsOf(fields, recordId);
  const claim = claimOf(fields, subject, engine !== '');
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: recordId,
    aliases: ids.filter((each) => each !== recordId),
    vulnerabilities: [canonicalVulnerability(ids) ?? recordId],
    title: line(text(own(fields, 'title'))),
    summary: prose(text(own(fields, 'description'))),
    published: pastMoment(text(own(fields, 'date')), now),
    references: [own(fields, 'url'), ...(listOf(fieldsOf(own(fields, 'related'))?.['url']) ?? [])]
      .map((url) => text(url))
      .filter((url) => url !== '' && url.length <= 4096)
      .slice(0, 500)
      .map((url) => ({ kind: 'WEB', url })),
    claims: [claim],
    provenance: provenanceOf('rubysec', name, bytes),
  };
  const problem = claim.status === 'affected' ? [] : [fault(`${id}: ${claim.vendorStatus ?? ''}`)];
  return [{ kind: 'advisory', advisory }, ...problem];
}

function yamlOf(file: string): Fields | null {
  // Nested keys without a name (`? ? ?`) take the parser minutes, and no record has them.
  if (NESTED_KEYS.test(file)) return null;
  try {
    // No aliases: records have none, and a few bytes of them can stand for gigabytes.
    return fieldsOf(parse(file, { maxAliasCount: 0, logLevel: 'silent' }));
  } catch {
    // The parser throws for what is no YAML, and where nesting exhausts its stack.
    return null;
  }
}

/** `cve: 2024-1234`, `ghsa: abcd-efgh-ijkl`, without their prefixes. */
function idsOf(fields: Fields, id: string): readonly string[] {
  const cve = text(own(fields, 'cve')).replace(/^CVE-/, '');
  const ghsa = text(own(fields, 'ghsa')).replace(/^GHSA-/, '');
  return [
    id,
    ...(/^\d{4}-\d{4,19}$/.test(cve) && id !== `CVE-${cve}` ? [`CVE-${cve}`] : []),
    ...(/^[0-9a-z]{4}(-[0-9a-z]{4}){2}$/.test(ghsa) && id !== `GHSA-${ghsa}` ? [`GHSA-${ghsa}`] : []),
  ];
}

/** Everything but the patched and the unaffected versions, as bundler-audit judges. */
function claimOf(fields: Fields, subject: string, isEngine: boolean): Claim {
  const base = {
    ...EMPTY_CLAIM,
    // Ruby itself, JRuby, mruby: programs, not gems of these names.
    namespace: isEngine ? 'generic' : 'gem',
    name: subject,
    nameKind: 'binary',
    scheme: 'gem',
  } as const;
  const lists = ['patched_versions', 'unaffected_versions'].map((key) => own(fields, key) ?? []);
  if (lists.some((list) => !Array.isArray(list))) return { ...base, ...undecided('no list') };
  const safe = lists.flatMap((list) => listOf(list) ?? []).map((each) => (typeof each === 'string' ? each : 'no text'));
  // MRI's patch levels (1.9.3-p551) come after the release; to RubyGems they are pre-releases.
  const patchLevel = isEngine ? safe.find((requirement) => /\d[.-]?p\d/.test(requirement)) : undefined;
  if (patchLevel !== undefined) return { ...base, ...undecided(patchLevel) };
  return { ...base, ...unsafeVersions('gem', safe, gemRequirement) };
}
