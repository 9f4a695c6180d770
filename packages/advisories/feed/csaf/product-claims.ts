import { LIMITS, type Claim, type Interval } from '../../model/index.ts';
import { decidable } from '../decidable.ts';
import { EMPTY_CLAIM, line } from '../record.ts';
import type { ProductSubject } from './product-name.ts';
import { releaseLines, sameLine, type StatedInterval } from './release-lines.ts';
import type { Statement } from './statements.ts';

type Stated = { readonly subject: ProductSubject; readonly statement: Statement };

/**
 * Statements about vendors' products as claims, product by product: the affected ranges with the fixed versions that the
 * document gives, the versions that are stated to be unaffected, and what is open.
 */
export function productClaims(
  stated: readonly Stated[],
  vulnerability: string,
  repairedIn: (title: string, interval: Interval) => string | null,
): readonly Claim[] {
  const products = new Map<string, Stated[]>();
  for (const one of stated) {
    const key = `${one.subject.namespace}\n${one.subject.name}`;
    const known = products.get(key);
    if (known === undefined) products.set(key, [one]);
    else known.push(one);
  }
  return [...products.values()].flatMap((statements) =>
    claimsOfProduct(statements, vulnerability, repairedIn).map(decidable),
  );
}

function claimsOfProduct(
  stated: readonly Stated[],
  vulnerability: string,
  repairedIn: (title: string, interval: Interval) => string | null,
): readonly Claim[] {
  const [first] = stated;
  if (first === undefined) return [];
  const { subject } = first;
  const base: Claim = {
    ...EMPTY_CLAIM,
    status: 'affected',
    vulnerabilities: [vulnerability],
    namespace: subject.namespace,
    name: subject.name,
    nameKind: 'product',
    scheme: subject.namespace === 'windows' ? 'windows' : 'generic',
    product: line(subject.title),
  };
  const claims: Claim[] = [];
  const fixes = exactVersions(stated, ['first_fixed', 'fixed']);
  const affected = { ...base, fix: fixOf(stated, fixes), vendorStatus: wordsOf(stated) };
  const ranges: StatedInterval[] = [];
  const listed: string[] = [];
  const notAffected: string[] = [];
  for (const {
    subject: { range },
    statement,
  } of stated) {
    const kind = KINDS[statement.status];
    if (kind === 'fixed' || kind === 'recommended') continue;
    if (kind === 'open') {
      claims.push({ ...base, status: 'under-investigation', vendorStatus: statement.repair.words });
    } else if (range.kind === 'unreadable') {
      claims.push(unreadable(base, kind, range.text, statement));
    } else if (range.kind === 'all') {
      claims.push(
        kind === 'affected' ? affected : { ...base, status: 'unaffected', vendorStatus: statement.justification },
      );
    } else if (kind === 'unaffected') {
      if (range.intervals.length > 0) claims.push({ ...base, status: 'unaffected', intervals: [...range.intervals] });
      notAffected.push(...range.versions);
    } else {
      const intervals = [...range.intervals, ...bounds(statement, range.versions)];
      ranges.push(...intervals.map((interval) => ({ interval, endsWithRepair: range.endsWithRepair })));
      if (statement.status === 'known_affected') listed.push(...range.versions);
      notAffected.push(...range.except);
    }
  }
  for (const { interval, endsWithRepair } of releaseLines(ranges, stated.flatMap(mentioned))) {
    const end = endsWithRepair ? interval.fixed : null;
    const version = end ?? repairedIn(subject.title, interval) ?? fixInLine(fixes, interval);
    claims.push({
      ...affected,
      intervals: [interval],
      fix: version === null ? affected.fix : { state: 'fixed', version },
    });
  }
  for (const versions of inPieces(listed)) claims.push({ ...affected, versions });
  for (const versions of inPieces([...notAffected, ...fixes])) claims.push({ ...base, status: 'unaffected', versions });
  return claims;
}

/** Without doubles, and no list longer than a claim can hold. */
function inPieces(versions: readonly string[]): string[][] {
  const distinct = [...new Set(versions)];
  const pieces: string[][] = [];
  for (let at = 0; at < distinct.length; at += LIMITS.versionsPerClaim)
    pieces.push(distinct.slice(at, at + LIMITS.versionsPerClaim));
  return pieces;
}

const KINDS = {
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  recommended: 'recommended',
  known_not_affected: 'unaffected',
  under_investigation: 'open',
} as const;

/** A product that is affected, in versions that can't be read: unknown, unless no version of it has a repair. */
function unreadable(
  base: Claim,
  kind: 'affected' | 'unaffected',
  text: string,
  { repair, justification }: Statement,
): Claim {
  const whole = text === 'no version is stated';
  if (kind === 'unaffected' && whole) return { ...base, status: 'unaffected', vendorStatus: justification };
  if (
    kind === 'affected' &&
    whole &&
    (repair.state === 'none' || repair.state === 'wont-fix' || repair.state === 'end-of-life')
  )
    return { ...base, fix: { state: repair.state, version: null }, vendorStatus: repair.words };
  const word = kind === 'affected' ? 'affected' : 'not affected';
  return {
    ...base,
    status: 'under-investigation',
    vendorStatus: line(whole ? `${word}, but no version is stated` : `${word}, in words that are not a range: ${text}`),
  };
}

/** From the first affected version on, up to the last affected one. */
function bounds({ status }: Statement, versions: readonly string[]): readonly Interval[] {
  if (status === 'first_affected')
    return versions.map((introduced) => ({ introduced, fixed: null, lastAffected: null }));
  if (status === 'last_affected')
    return versions.map((lastAffected) => ({ introduced: null, fixed: null, lastAffected }));
  return [];
}

function exactVersions(stated: readonly Stated[], statuses: readonly Statement['status'][]): readonly string[] {
  const versions = stated
    .filter(({ statement }) => statuses.includes(statement.status))
    .flatMap(({ subject: { range } }) => (range.kind === 'some' ? range.versions : []));
  return [...new Set(versions)];
}

function mentioned({ subject: { range } }: Stated): readonly string[] {
  if (range.kind !== 'some') return [];
  const ends = range.intervals.flatMap(({ introduced, fixed, lastAffected }) => [introduced, fixed, lastAffected]);
  return [...range.versions, ...ends.filter((version) => version !== null)];
}

/** The only fixed version of the release line in which the interval ends. */
function fixInLine(fixes: readonly string[], { introduced, lastAffected }: Interval): string | null {
  const inLine = fixes.filter((fix) => sameLine(fix, lastAffected ?? introduced ?? ''));
  return inLine.length === 1 ? (inLine[0] ?? null) : null;
}

function fixOf(stated: readonly Stated[], fixes: readonly string[]): Claim['fix'] {
  const [only] = fixes;
  if (only !== undefined && fixes.length === 1) return { state: 'fixed', version: only };
  const state = stated.map(({ statement }) => statement.repair.state).find((one) => one !== 'unknown');
  return { state: state ?? 'unknown', version: null };
}

function wordsOf(stated: readonly Stated[]): string | null {
  return stated.map(({ statement }) => statement.repair.words).find((words) => words !== null) ?? null;
}
