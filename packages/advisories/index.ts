export * from './feed/index.ts';
export { FEEDS } from './feeds/registry.ts';
export * from './match/index.ts';
export * from './model/index.ts';
export * from './priority/index.ts';
export * from './vex/index.ts';
