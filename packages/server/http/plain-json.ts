import type { App } from './app.ts';

/**
 * Sends replies with JSON.stringify instead of a serialiser that is generated from each route's schema. For schemas as
 * large as a run's with its outcomes the generator takes seconds and tens of megabytes for each route, and a union is
 * then validated again for each value. Handlers here build their replies member by member, so there is nothing to filter.
 */
export function usePlainJson(app: App): void {
  app.setSerializerCompiler(() => (value: unknown) => JSON.stringify(value));
}
