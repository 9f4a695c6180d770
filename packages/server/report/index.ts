export { appendEvidence, type NewEvidence } from './evidence-chain.ts';
