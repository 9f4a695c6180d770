import { usageError } from '../cli-error.ts';

const LABEL = /^([^=\s]+)=(.+)$/;

/**
 * `KEY=VALUE` words as a record; which keys and values there may be says the server.
 *
 * @throws CliError `usage`
 */
export function labelsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = LABEL.exec(text) ?? [];
      if (key === undefined || value === undefined)
        throw usageError(`${JSON.stringify(text)} is no label`, 'Labels are KEY=VALUE: cluster=db-1');
      return [key, value];
    }),
  );
}
