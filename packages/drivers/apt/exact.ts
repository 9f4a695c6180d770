import type { PackageChange } from '@thimble/protocol';
import type { Host } from '../host.ts';
import type { OrderFolder } from './order-folder.ts';
import { qualifiedName } from './resolve.ts';
import type { AptWorkspace } from './workspace.ts';

/** A call of apt that can do exactly the approved changes and no others. */
export interface ExactCall {
  readonly workspace: AptWorkspace;
  readonly args: readonly string[];
}

/**
 * No version but the approved ones is a candidate (apt_preferences(5): below 0 is never installed, above 1000 may
 * downgrade), so that `dist-upgrade` does just those and keeps the marks of automatic packages, which `install NAME`
 * would clear.
 */
export function exactPreferences(changes: readonly PackageChange[], native: string): string {
  const pins = ['Package: *\nPin: release *\nPin-Priority: -10\n'];
  for (const change of changes) {
    if (change.to === null) continue;
    pins.push(`Package: ${qualifiedName(change, native)}\nPin: version ${change.to}\nPin-Priority: 1001\n`);
  }
  return pins.join('\n');
}

export async function exactCall(
  host: Host,
  workspace: AptWorkspace,
  folder: OrderFolder,
  changes: readonly PackageChange[],
  native: string,
): Promise<ExactCall> {
  const preferences = `${folder.directory}/preferences`;
  await host.writeFile(preferences, exactPreferences(changes, native));
  const removals = changes.filter((change) => change.to === null);
  // New packages that nothing depends on (a removed one that comes back) have to be named.
  const additions = changes.filter((change) => change.action === 'install' && change.reason === 'requested');
  return {
    workspace,
    args: [
      '-o',
      `Dir::Etc::preferences=${preferences}`,
      '-o',
      'Dir::Etc::preferencesparts=/dev/null',
      'dist-upgrade',
      ...(removals.length === 0 ? ['--no-remove'] : []),
      ...(changes.some((change) => change.action === 'downgrade') ? ['--allow-downgrades'] : []),
      ...additions.map((change) => `${qualifiedName(change, native)}=${change.to ?? ''}`),
      ...removals.map((change) => `${qualifiedName(change, native)}-`),
    ],
  };
}
