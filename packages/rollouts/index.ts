export * from './runs/index.ts';
