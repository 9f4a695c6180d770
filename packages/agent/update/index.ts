export { settleUpdate, updateByHand } from './update-by-hand.ts';
export { trustRoot } from './trust-root.ts';
