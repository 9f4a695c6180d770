export { writeCsafVex, type CsafPublication } from './csaf-write.ts';
export { writeCycloneDxVex } from './cyclonedx-write.ts';
export { readVex, VEX_LIMIT_BYTES } from './read-vex.ts';
export { statementFor } from './statement-for.ts';
export type { Justification, VexDocument, VexReading, VexStatement } from './statement.ts';
export { statementsOfAssessments, type JustifiedException } from './statements-of-assessment.ts';
