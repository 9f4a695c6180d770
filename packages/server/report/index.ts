export { appendEvidence, type NewEvidence } from './append-evidence.ts';
export { readWhole } from './verify/read-whole.ts';
