import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Host, Workspace } from '@thimble/drivers';
import type { Cli } from '../cli.ts';

/** Where single-system mode keeps its journal and the driver's files. */
export interface PatchPlace {
  readonly directory: string;
  readonly orders: string;
  readonly workspace: Workspace;
}

/** Root's place is the machine's; anybody else may look (plan) and gets a place of their own for the package lists. */
export function patchPlace({ env, uid }: Pick<Cli, 'env' | 'uid'>): PatchPlace {
  const given = env['THIMBLE_PATCH_STATE'];
  const directory =
    given !== undefined && given !== ''
      ? given
      : uid === 0
        ? '/var/lib/thimble-patch'
        : join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'thimble-patch');
  return { directory, orders: join(directory, 'orders'), workspace: { directory: join(directory, 'packages') } };
}

export async function makePlace(host: Host, { directory, orders, workspace }: PatchPlace): Promise<void> {
  for (const path of [directory, orders, workspace.directory]) await host.makeDirectory(path, { mode: 0o700 });
}
