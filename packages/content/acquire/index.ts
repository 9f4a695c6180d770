export { createAcquirer, type AcquirerParts } from './acquirer.ts';
export { createFreezeContext, type FreezeContextSettings } from './freeze-context.ts';
export { HELD_BACK_BYTES } from './limits.ts';
