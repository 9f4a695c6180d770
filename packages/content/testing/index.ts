export { createMemoryContext, type MemoryContext, type MemoryContextSettings } from './memory-context.ts';
