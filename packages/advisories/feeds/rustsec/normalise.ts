import { parse } from 'smol-toml';
import { unsafeVersions } from '../../feed/affected-set.ts';
import type { ArchivedRecord } from '../../feed/archive-records.ts';
import { cvssScore } from '../../feed/cvss.ts';
import type { FeedItem } from '../../feed/index.ts';
import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line, prose, provenanceOf } from '../../feed/record.ts';
import { cargoRequirement } from '../../feed/requirements/cargo.ts';
import { canonicalVulnerability, type Advisory, type Claim } from '../../model/index.ts';

const FRONT_MATTER = /^\s*```toml\r?\n([\s\S]*?)\r?\n```\r?\n?([\s\S]*)$/;
const ID = /^[\x21-\x7e]{1,128}$/;

/** A file `RUSTSEC-….md`: TOML front matter between code fences, then Markdown. */
export function rustsecItems({ name, bytes, text: file }: ArchivedRecord, now: Date): FeedItem[] {
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record: line(name), reason: line(reason) });
  const [, front, body = ''] = FRONT_MATTER.exec(file) ?? [];
  const fields = front === undefined ? null : tomlOf(front);
  if (fields === null) return [fault('the record has no TOML front matter')];
  const advisory = fieldsOf(own(fields, 'advisory')) ?? {};
  const id = text(own(advisory, 'id'));
  const crate = text(own(advisory, 'package'));
  const versions = fieldsOf(own(fields, 'versions'));
  if (!ID.test(id) || crate === '' || crate.length > 500) return [fault('the record has no id or package')];
  const aliases = idsOf(own(advisory, 'aliases'));
  const claim = claimOf(crate, name, versions, text(own(advisory, 'informational')));
  const [, heading = '', rest = body] = /^\s*# ([^\n]*)\n?([\s\S]*)$/.exec(body) ?? [];
  const cvss = cvssScore(text(own(advisory, 'cvss')), 'RustSec');
  const item: Advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: id,
    aliases: [...aliases],
    vulnerabilities: [...vulnerabilitiesOf(id, aliases)],
    title: line(heading),
    summary: prose(rest),
    published: pastMoment(dayOf(own(advisory, 'date')), now),
    withdrawn: withdrawnAt(own(advisory, 'withdrawn'), now),
    cvss: cvss === null ? [] : [cvss],
    references: [own(advisory, 'url'), ...(listOf(own(advisory, 'references')) ?? [])]
      .map((url) => text(url))
      .filter((url) => url !== '' && url.length <= 4096)
      .slice(0, 500)
      .map((url) => ({ kind: 'WEB', url })),
    claims: [claim],
    provenance: provenanceOf('rustsec', name, bytes),
  };
  const problem = claim.status === 'affected' ? [] : [fault(`${id}: ${claim.vendorStatus ?? ''}`)];
  return [{ kind: 'advisory', advisory: item }, ...problem];
}

function tomlOf(source: string): Fields | null {
  try {
    return fieldsOf(parse(source));
  } catch {
    // The parser throws for what is no TOML.
    return null;
  }
}

function claimOf(crate: string, file: string, versions: Fields | null, informational: string): Claim {
  const safe = ['patched', 'unaffected'].map((key) => (versions === null ? [] : own(versions, key)));
  const lists = safe.map((value) => (value === undefined ? [] : listOf(value)));
  // `unknown` instead of a requirement makes the whole undecided, as does a list that is none.
  const requirements = lists.some((list) => list === null)
    ? ['no list of versions']
    : lists.flatMap((list) => list ?? []).map((each) => (typeof each === 'string' ? each : 'no text'));
  const affected = unsafeVersions('cargo', requirements, cargoRequirement);
  // Advisories about Rust itself are about programs, not about crates of these names.
  const ofRust = /(^|\/)rust\/[^/]+\/[^/]+$/.test(file);
  return {
    ...EMPTY_CLAIM,
    ...affected,
    namespace: ofRust ? 'generic' : 'cargo',
    name: ofRust ? `rust-${crate}` : crate,
    nameKind: 'binary',
    scheme: 'cargo',
    vendorStatus: affected.vendorStatus ?? (line(informational) || null),
  };
}

function idsOf(value: unknown): readonly string[] {
  const ids = (listOf(value) ?? []).map((id) => text(id)).filter((id) => ID.test(id));
  return [...new Set(ids)].slice(0, 1_000);
}

function vulnerabilitiesOf(id: string, aliases: readonly string[]): readonly string[] {
  const cves = aliases.filter((alias) => /^CVE-\d{4}-\d{4,19}$/.test(alias));
  return cves.length > 0 ? cves : [canonicalVulnerability([id, ...aliases]) ?? id];
}

/** TOML has dates of its own; here they are written as strings as well. */
function dayOf(value: unknown): string {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString().slice(0, 10) : text(value);
}

function withdrawnAt(value: unknown, now: Date): string | null {
  const written = dayOf(value);
  return written === '' ? null : (pastMoment(written, now) ?? now.toISOString());
}
