export { canonicalPayload } from './canonical-payload.ts';
export { approverKeyid, approverKeyObject } from './approver-key.ts';
export { approverSetFlaw } from './approver-set.ts';
export * from './digest.ts';
export { EnvelopeError, openEnvelope, signEnvelope } from './envelope.ts';
export * from './http-signature.ts';
export * from './keys.ts';
export {
  signStatement,
  statementChallenge,
  statementDigest,
  verifyStatement,
  type VerifiedStatement,
} from './statement.ts';
export * from './ticket.ts';
export * from './vouched.ts';
