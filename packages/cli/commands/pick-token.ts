import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/**
 * The token of that id or name.
 *
 * @throws CliError `unknown-token`, `ambiguous-token`
 */
export function pickToken<Token extends { readonly id: string; readonly name: string }>(
  tokens: readonly Token[],
  text: string,
): Token {
  const found = tokens.filter(({ id, name }) => id === text || name === text);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined ? 'unknown-token' : 'ambiguous-token',
    only === undefined
      ? `there is no token ${JSON.stringify(text)}`
      : `${found.length} tokens are called ${JSON.stringify(text)}`,
    { hint: 'The command `list` shows them; an id is always exact with `list --json`.', exitCode: EXIT.usage },
  );
}
