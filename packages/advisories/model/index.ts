export { Advisory, CvssScore, Provenance, Reference } from './advisory.ts';
export { canonicalVulnerability } from './canonical-vulnerability.ts';
export { Claim, Fix, Interval, Requirement } from './claim.ts';
export { Fact, FactBody, subjectOf, type FactKind, type FactOf } from './fact.ts';
export { LIMITS } from './fields.ts';
export { canonicalName, ecosystemOf } from './namespace-name.ts';
export { namespaceOf } from './namespace-of.ts';
export type { Namespace, NoNamespace, OperatingSystem } from './namespace.ts';
export { Software, SoftwareOrigin } from './software.ts';
