export { appendEvidence, type NewEvidence } from './append-evidence.ts';
export { appendInEach } from './append-in-each.ts';
export { readWhole } from './verify/read-whole.ts';
