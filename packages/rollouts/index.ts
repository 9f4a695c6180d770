export * from './runs/index.ts';
export * from './calendar/index.ts';
export * from './policy/index.ts';
export * from './planner/index.ts';
export * from './agent-versions/index.ts';
