export * from './agent/index.ts';
export * from './api/index.ts';
export * from './canonical-json.ts';
export * from './content/index.ts';
export * from './documents/index.ts';
export * from './fields.ts';
export * from './orders/index.ts';
export * from './problem.ts';
