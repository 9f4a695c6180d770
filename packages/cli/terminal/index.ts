export * from './colour.ts';
export * from './confirm.ts';
export * from './quantities.ts';
export * from './table.ts';
export * from './terminal.ts';
export * from './text.ts';
export * from './sparkline.ts';
