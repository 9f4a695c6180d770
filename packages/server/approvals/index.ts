export { assertNotHalted, haltReason } from './halt/assert-not-halted.ts';
export { trustDesk } from './news/trust-news.ts';
export { publishTrust, TRUST_TOPIC } from './publish-trust.ts';
export { approvalsOfOrders } from './requests/approvals-of-orders.ts';
export { approverFacts } from './requests/approver-facts.ts';
export { askApprovers, type UndoTransaction } from './requests/ask-approvers.ts';
export { demandingSet } from './sets/active-set.ts';
