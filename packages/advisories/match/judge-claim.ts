import { canonicalName } from '../model/namespace-name.ts';
import type { Claim, Requirement, Software } from '../model/index.ts';
import type { AssessedAs } from './assessed-as.ts';
import type { ClaimRecord, Evidence, GapReason, Rule } from './assessment.ts';
import { buildFamily, isLayeredProduct, showsChannel } from './build-family.ts';
import { placeVersion, type Placement } from './interval-placement.ts';
import { moduleFit } from './module-fit.ts';
import { sameArchitecture } from './same-architecture.ts';
import type { Position } from './version-position.ts';

/** One claim, held against the software by itself; `conclude` weighs it against the others. */
export interface Judgement {
  readonly evidence: Evidence;
  /** What beats what; 0: it is shown and decides nothing. See WEIGHT. */
  readonly weight: number;
  /** The repaired version of the branch that is installed; null: none. */
  readonly fixed: string | null;
  readonly gap: { readonly reason: GapReason; readonly why: string } | null;
}

export interface Subject {
  readonly software: Software;
  readonly as: AssessedAs;
  readonly position: (scheme: string, version: string) => Position;
  /** Whether a product that a claim requires is there; null: not known. */
  readonly holds: (requirement: Requirement) => boolean | null;
}

/** The release's own statement beats one about the whole distribution; in each, the channel installed from beats the main one. */
const WEIGHT = { exactRelease: 3, ownChannel: 3, mainChannel: 2, otherChannel: 1 } as const;

export function judgeClaim(record: ClaimRecord, subject: Subject): Judgement {
  const { claim } = record;
  const installed = subject.as[claim.nameKind === 'source' ? 'source' : 'binary'];
  const setAside = (rule: Rule): Judgement => ({
    evidence: evidenceOf(record, installed.version, 'not-affected', { rule, boundary: null, comparison: null }),
    weight: 0,
    fixed: null,
    gap: null,
  });
  if (record.advisory.withdrawn !== null) return setAside('withdrawn');
  if (isNoVulnerability(record)) return setAside('no-vulnerability');
  if (!subject.as.namespaces.includes(claim.namespace)) return setAside('other-release');
  if (canonicalName(claim.namespace, claim.name) !== installed.name) return setAside('other-package');
  if (claim.architectures !== null && !sameArchitecture(subject.software.architecture, claim.architectures))
    return setAside('other-architecture');
  if (isOtherProduct(claim, subject.software.channel, installed.version)) return setAside('other-channel');
  const module = moduleFit(claim, subject.software.module, installed.version);
  if (module === 'other') return setAside('other-module');
  const family = familyFit(claim, installed.version);
  if (family === 'other') return setAside('other-channel');

  const placement = placeVersion(claim, installed.version, subject.position(claim.scheme, installed.version));
  const judgement = (outcome: Evidence['outcome'], rule: Rule, gap: Judgement['gap'] = null): Judgement => ({
    evidence: evidenceOf(record, installed.version, outcome, { ...placement, rule }),
    weight: weightOf(claim, subject, installed.version),
    // Where nothing is repaired, an interval's end only says where a release line ends.
    fixed: claim.fix.state === 'fixed' ? (placement.fixed ?? claim.fix.version) : null,
    gap,
  });
  if (module === 'unknown')
    return judgement('unknown', 'other-module', { reason: 'not-comparable', why: UNKNOWN_STREAM });
  if (family === 'unknown')
    return judgement('unknown', 'other-channel', { reason: 'not-comparable', why: foreignBuild(installed.version) });
  if (placement.inside === null)
    return judgement('unknown', placement.rule, {
      reason: 'not-comparable',
      why: notComparable(claim, installed.version, placement),
    });
  return byStatus(claim, placement, subject, judgement);
}

type Judge = (outcome: Evidence['outcome'], rule: Rule, gap?: Judgement['gap']) => Judgement;

function byStatus(claim: Claim, placement: Placement, subject: Subject, judge: Judge): Judgement {
  switch (claim.status) {
    case 'unaffected': {
      if (placement.inside === true) {
        const stated = judge('not-affected', 'stated-unaffected');
        // NVD takes the first version of a range out by naming it: that is said of this version and no other.
        return placement.rule === 'listed' ? { ...stated, weight: stated.weight + NAMED } : stated;
      }
      const why = 'the record only states which other versions are not affected; about this one it says nothing';
      // It counts where nothing else speaks of the vulnerability, and then as unknown.
      return { ...judge('unknown', placement.rule, { reason: 'not-comparable', why }), weight: SILENT };
    }
    case 'under-investigation': {
      if (placement.inside !== true) return judge('not-affected', placement.rule);
      const why = 'the publisher has not decided yet whether this package is affected';
      const undecided = judge('unknown', 'under-investigation', { reason: 'under-investigation', why });
      // Nobody looks any more where regular support has ended: what extended support says of the same code counts.
      return claim.fix.state === 'end-of-life' ? { ...undecided, weight: SILENT } : undecided;
    }
    case 'affected':
      if (placement.inside !== true) return judge('not-affected', placement.rule);
      return withRequirements(claim, placement, subject, judge);
    default:
      return claim.status satisfies never;
  }
}

/** Below every real weight, above 0. */
const SILENT = 0.5;
/** Above a statement of the same place about a range, below the next place. */
const NAMED = 0.5;

/** Any one of an inner list, of every outer list. */
function withRequirements(claim: Claim, placement: Placement, subject: Subject, judge: Judge): Judgement {
  const groups = claim.requires.map((group) => {
    const answers = group.map(subject.holds);
    if (answers.includes(true)) return true;
    return answers.includes(null) ? null : false;
  });
  if (groups.includes(false)) return judge('not-affected', 'requirement-missing');
  if (!groups.includes(null)) return judge('affected', placement.rule);
  const names = claim.requires
    .flat()
    .slice(0, 3)
    .map(({ cpe }) => cpe);
  const why = `it only holds together with ${names.join(' or ')}, and whether that is there is not known`;
  return judge('unknown', placement.rule, { reason: 'requirement-unknown', why });
}

function weightOf(claim: Claim, { as, software }: Subject, version: string): number {
  const release = claim.namespace === as.namespaces[0] ? WEIGHT.exactRelease : 0;
  if (claim.channel === null) return release + WEIGHT.mainChannel;
  const own = claim.channel === software.channel || showsChannel(version, claim.channel);
  return release + (own ? WEIGHT.ownChannel : WEIGHT.otherChannel);
}

/**
 * Advisories of the RHEL family and SUSE come in kinds: RHBA, ALBA, ELBA and SUSE-RU are bug fixes, RHEA and SUSE-FU
 * enhancements. Where one names no vulnerability it stands under its own name, and an old version of it is no flaw. Security
 * advisories without a CVE (a regression update of Debian) are kept.
 */
function isNoVulnerability({ claim, advisory }: ClaimRecord): boolean {
  const stated = claim.vulnerabilities.length > 0 ? claim.vulnerabilities : advisory.vulnerabilities;
  return (
    stated.every((id) => id === advisory.name) && /^(?:[A-Z]{2}[BE]A|(?:open)?SUSE-[RF]U)-\d{4}[:-]/.test(advisory.name)
  );
}

/** A layered product's claim concerns its own builds, whatever else has the same name. */
function isOtherProduct({ channel, namespace }: Claim, own: string | null, installed: string): boolean {
  if (channel === null || channel === own || !isLayeredProduct(namespace, channel)) return false;
  return buildFamily(installed).marks.length === 0;
}

/** `other`: the claim is about builds of a product or kind that this is not. `unknown`: this is such a build, the claim is not. */
function familyFit(claim: Claim, installed: string): 'same' | 'other' | 'unknown' {
  const fixed = claim.fix.version ?? claim.intervals.find((interval) => interval.fixed !== null)?.fixed;
  if (fixed === null || fixed === undefined) return 'same';
  const theirs = buildFamily(fixed).marks.join();
  const ours = buildFamily(installed).marks.join();
  if (theirs === ours) return 'same';
  return theirs === '' ? 'unknown' : 'other';
}

function evidenceOf(
  { claim, advisory }: ClaimRecord,
  installed: string,
  outcome: Evidence['outcome'],
  { rule, boundary, comparison }: Pick<Evidence, 'rule' | 'boundary' | 'comparison'>,
): Evidence {
  const { namespace, nameKind, name, scheme, status, fix, vendorStatus, severity, channel, module } = claim;
  return {
    advisory,
    key: { namespace, nameKind, name },
    rule,
    outcome,
    installed,
    boundary,
    comparison,
    scheme,
    claim: { status, fix, vendorStatus, severity, channel, module },
    decides: false,
  };
}

const UNKNOWN_STREAM =
  'it was built in a module whose stream the inventory or the record does not name, and the streams of a module have no common order';

function foreignBuild(installed: string): string {
  return `${installed} is a build for another product or channel than the record speaks of; their version numbers have no common order`;
}

function notComparable({ scheme }: Claim, installed: string, { boundary }: Placement): string {
  return `${installed} and ${boundary ?? 'the boundary'} have no order as ${scheme} versions`;
}
