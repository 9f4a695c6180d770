export { appendEvidence, type NewEvidence } from './append-evidence.ts';
export { assertNotOlder, forgetOutside, OlderEvidenceError } from './checkpoints/kept-outside.ts';
export { readWhole } from './verify/read-whole.ts';
