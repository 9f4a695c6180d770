export * from './runs/index.ts';
export type { Interval, WindowRule } from './calendar/window-rule.ts';
export type { Policy } from './policy/policy.ts';
