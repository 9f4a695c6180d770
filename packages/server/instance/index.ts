export { LockError, lockInstance } from './lock.ts';
export { createNewId } from './new-id.ts';
