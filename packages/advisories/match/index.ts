export { assess, type AssessmentContext } from './assess.ts';
export type {
  Assessment,
  AssessmentGap,
  ClaimKey,
  ClaimRecord,
  Evidence,
  GapReason,
  Rule,
  Verdict,
} from './assessment.ts';
export type { Freshness } from './freshness.ts';
export { prepareClaims, type OpenAssessment, type PreparedClaims } from './prepared-claims.ts';
export { lookupKeys } from './lookup-keys.ts';
export { classifyOrigin, type ClassifiedOrigin, type OriginFacts, type RepositoryFacts } from './classify-origin.ts';
export { purlOf } from './purl-of.ts';
export { softwareOfPackage, type PackageFacts, type SoftwareOptions } from './software-of-package.ts';
export { softwareOfPurl, type NoSoftware } from './software-of-purl.ts';
export { explain, type ExplainInput, type Explanation, type ExplanationLine } from './explain.ts';
export { vulnerabilitiesCalled } from './vulnerabilities-called.ts';
export { explainEvidence } from './explain-evidence.ts';
export { kernelFacts, type KernelCandidate, type KernelFact, type KernelFacts, type KernelRole } from './kernel.ts';
