export * from './acquirer.ts';
export * from './fault.ts';
export * from './file.ts';
export * from './format.ts';
export * from './repository.ts';
export * from './store.ts';
