import type { Evidence } from './assessment.ts';

/** The rule of one piece of evidence in words, with the values put in: what a person checks by hand. */
export function explainEvidence(evidence: Evidence): string {
  const { installed, boundary, comparison, scheme, key } = evidence;
  const compared =
    boundary === null || comparison === null
      ? installed
      : `${installed} ${comparison} ${boundary} in the ${scheme} order`;
  const what = `${key.nameKind === 'product' ? 'product' : `${key.nameKind} package`} ${key.name} of ${key.namespace}`;
  switch (evidence.rule) {
    case 'below-fixed':
      return `${what} is affected until ${boundary}, which repairs it: ${compared}`;
    case 'at-or-above-fixed':
      return `${what} is repaired in ${boundary}: ${compared}`;
    case 'in-interval':
      if (evidence.outcome === 'unknown' && comparison === null)
        return `${what} is affected in some versions, but ${installed} and ${boundary ?? 'their bounds'} have no order as ${scheme} versions`;
      return `${what} is affected there: ${compared}`;
    case 'outside-intervals':
      return evidence.outcome === 'unknown'
        ? `${what}: other versions are stated as not affected; of ${installed} nothing is said`
        : `${what} is affected in other versions only: ${compared}`;
    case 'listed':
      return `${what}: ${installed} is on the record's list of affected versions`;
    case 'not-listed':
      return `${what}: ${installed} is not on the record's list of affected versions`;
    case 'every-version':
      return `${what} is affected in every version${fixWords(evidence)}`;
    case 'stated-unaffected':
      return `the publisher states that ${what} is not affected${boundary === null ? '' : `: ${compared}`}`;
    case 'under-investigation':
      return `the publisher has not decided yet whether ${what} is affected`;
    case 'requirement-missing':
      return `${what} is affected only together with a product that is not there`;
    default:
      return setAside(evidence, what);
  }
}

/** Records that were found and do not count here, and why. */
function setAside({ rule, claim, outcome, installed }: Evidence, what: string): string {
  switch (rule) {
    case 'other-module':
      return outcome === 'unknown'
        ? `${what}: whether ${installed} is of the record's module stream${inBrackets(claim.module)} is not known`
        : `the record is about ${claim.module === null ? 'the package outside of modules' : `module ${claim.module}`}, which this is not`;
    case 'other-channel':
      return outcome === 'unknown'
        ? `${what}: ${installed} is a build for another product or channel than the record's${inBrackets(claim.channel)}`
        : `the record is about another product's or channel's build${inBrackets(claim.channel)}`;
    case 'other-architecture':
      return `${what}: the record is about other architectures`;
    case 'other-release':
      return `the record is about another release or ecosystem: ${what}`;
    case 'other-package':
      return `the record is about another package: ${what}`;
    case 'no-vulnerability':
      return 'the record is a bug fix or an enhancement, and names no vulnerability';
    case 'withdrawn':
      return 'its publisher has withdrawn the record';
    default:
      return `${what}: ${rule}`;
  }
}

const inBrackets = (text: string | null): string => (text === null ? '' : ` (${text})`);

function fixWords({ claim }: Evidence): string {
  const state = FIX_WORDS[claim.fix.state];
  const word = claim.vendorStatus === null ? '' : ` (the publisher's word: ${claim.vendorStatus})`;
  return `${state === '' ? '' : `; ${state}`}${word}`;
}

/** What a publisher says of a repair, in words; `fixed` is told with its version. */
export const FIX_WORDS = {
  fixed: '',
  none: 'there is no repair yet',
  'wont-fix': 'it will not be repaired',
  deferred: 'its repair is deferred to a later update',
  'end-of-life': 'the package or release gets no repairs any more',
  unknown: '',
} as const;
