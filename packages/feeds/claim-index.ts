import {
  type AssessmentContext,
  lookupKeys,
  type OpenAssessment,
  prepareClaims,
  type PreparedClaims,
  type Software,
} from '@thimble/advisories';
import type { AdvisoryReader } from './store.ts';

/** Packages whose claims are kept at hand; a fleet of one distribution has about 3,000 source packages installed. */
const PACKAGES_KEPT = 20_000;
/** Versions whose assessment is kept; the same fleet has some 10,000 distinct ones. */
const ASSESSMENTS_KEPT = 50_000;

/** Claims and assessments that were asked for before: for a host again and again, or for many alike. */
export interface ClaimIndex {
  /** The same package version is assessed once. @param context one object for as long as it means the same */
  readonly assess: (software: Software, context: AssessmentContext) => Promise<OpenAssessment>;
}

/** Holds what it has read: made anew when advisories have changed. */
export function createClaimIndex(reader: Pick<AdvisoryReader, 'claims'>): ClaimIndex {
  const packages = new Map<string, PreparedClaims>();
  const assessments = new Map<string, { readonly context: AssessmentContext; readonly assessment: OpenAssessment }>();
  return {
    async assess(software, context) {
      const identity = identityOf(software);
      const before = assessments.get(identity);
      if (before?.context === context) return before.assessment;
      const assessment = (await claimsFor(software, reader, packages)).assess(software, context);
      if (assessments.size >= ASSESSMENTS_KEPT) assessments.clear();
      assessments.set(identity, { context, assessment });
      return assessment;
    },
  };
}

async function claimsFor(
  software: Software,
  reader: Pick<AdvisoryReader, 'claims'>,
  packages: Map<string, PreparedClaims>,
): Promise<PreparedClaims> {
  const keys = lookupKeys(software);
  const place = keys.map(({ namespace, nameKind, name }) => `${namespace}\n${nameKind}\n${name}`).join('\n\n');
  const before = packages.get(place);
  if (before !== undefined) return before;
  const prepared = prepareClaims(await reader.claims(keys));
  if (packages.size >= PACKAGES_KEPT) packages.clear();
  packages.set(place, prepared);
  return prepared;
}

function identityOf(software: Software): string {
  const { namespace, name, version, scheme, architecture, source, origin, originName, module, channel } = software;
  return `${namespace}\n${name}\n${version}\n${scheme}\n${architecture}\n${source?.name}\n${source?.version}\n${origin}\n${originName}\n${module}\n${channel}`;
}
