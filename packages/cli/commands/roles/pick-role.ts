import type { Role } from '@thimble/protocol';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';

/** By its name, in any case, or its id. @throws CliError `unknown-role` */
export function pickRole(roles: readonly Role[], text: string): Role {
  const found = roles.find(({ id, name }) => id === text || name.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new CliError('unknown-role', `there is no role ${JSON.stringify(text)}`, {
    hint: 'See: thimble roles list',
    exitCode: EXIT.usage,
  });
}
