export { makeApproverSet, makeKeyFile, signed, type TestApprover } from './approvers.ts';
export { makePasskey, type AssertionChange, type TestPasskey } from './software-passkey.ts';
