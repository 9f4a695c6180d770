export * from './runs/index.ts';
export * from './calendar/index.ts';
export type { Policy } from './policy/policy.ts';
