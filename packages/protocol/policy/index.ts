export * from './document.ts';
export * from './words.ts';
