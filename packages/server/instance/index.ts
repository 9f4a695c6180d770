export { type InstanceLock, LockError, lockInstance } from './lock.ts';
export { createNewId } from './new-id.ts';
