import type { PoolClient } from 'pg';

/** Statements that a connection keeps prepared. We have about 150; lists with filters have variants. */
const NAMED_LIMIT = 500;

const names = new Map<string, string>();

/**
 * Lets a connection's statements with parameters be prepared once and run by name from then on. PostgreSQL parses and
 * plans a statement of several joins in about the time in which it runs it, so half of its work goes away.
 */
export function nameStatements(client: PoolClient): void {
  const query = client.query.bind(client) as (...words: readonly unknown[]) => unknown;
  const named = (text: unknown, values: unknown, ...rest: readonly unknown[]): unknown => {
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest);
  };
  client.query = named as typeof client.query;
}

/** One name for one text in the whole process; undefined: there are enough. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMED_LIMIT) return known;
  const name = `thimble-${names.size}`;
  names.set(text, name);
  return name;
}
