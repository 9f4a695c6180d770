import type { Block, PackageChange, Selection } from '@thimble/protocol';
import { isVersion } from '@thimble/versions';
import type { Host } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import { closesSecurity, isNewer, type Candidates } from './candidates.ts';
import { readAptPlaces } from './sources/apt-places.ts';
import { readSmall } from './sources/read-sources.ts';
import type { Excluded } from './selection.ts';
import type { AptWorkspace } from './workspace.ts';

/** The reason why a version must not be installed; null: it may. */
export function blockOf(
  blocks: readonly Block[],
  each: { readonly name: string; readonly architecture: string; readonly version: string | null },
): Block | null {
  const found = blocks.find(
    ({ name, architecture, version }) =>
      name === each.name &&
      version === each.version &&
      (architecture === null || architecture === each.architecture || each.architecture === 'all'),
  );
  return found ?? null;
}

/** What was recalled since it was approved is not installed, whoever approved it. */
export function blockedChange(changes: readonly PackageChange[], blocks: readonly Block[] = []): AptError | null {
  const found = changes.flatMap((change) => {
    const block = blockOf(blocks, { ...change, version: change.to });
    return block === null ? [] : [`${change.name} ${change.to ?? ''} (${block.reason})`];
  });
  if (found.length === 0) return null;
  return { code: 'blocked', message: `blocked are: ${found.slice(0, 20).join(', ')}` };
}

/**
 * An apt for which blocked versions are no candidates, apt_preferences(5): of several pins of one version the first
 * counts, so ours come before the endpoint's own, which all stay.
 */
export async function withBlocks(
  host: Host,
  workspace: AptWorkspace,
  blocks: readonly Block[] = [],
): Promise<AptWorkspace> {
  if (blocks.length === 0) return workspace;
  const preferences = workspace.preferences ?? (await readAptPlaces(host)).preferences;
  const own = (await readSmall(host, preferences, [])) ?? '';
  const path = `${workspace.directory}/preferences`;
  await host.writeFile(path, Buffer.from(`${blockPreferences(blocks)}\n${own}`, 'latin1'));
  return { ...workspace, options: [...workspace.options, '-o', `Dir::Etc::preferences=${path}`] };
}

export function blockPreferences(blocks: readonly Block[]): string {
  return blocks
    .filter(({ name, version }) => /^[a-z0-9][a-z0-9+.-]*$/.test(name) && isVersion('deb', version))
    .map(
      ({ name, architecture, version }) =>
        `Package: ${name}:${architecture === null || architecture === 'all' ? 'any' : architecture}\nPin: version ${version}\nPin-Priority: -1\n`,
    )
    .join('\n');
}

/** Updates that there would be, were they not blocked. */
export function blockedUpdates(
  { installed, records }: Pick<Candidates, 'installed' | 'records'>,
  selection: Selection,
  blocks: readonly Block[] = [],
): readonly Excluded[] {
  return blocks.flatMap(({ name, version, architecture, reason }) => {
    const offered = (records.byName.get(name) ?? []).filter(
      (each) => each.version === version && (architecture === null || each.architecture === architecture),
    );
    return [...new Set(offered.map((each) => each.architecture))].flatMap((each) => {
      const now = installed.find(name, each);
      if (now === undefined || !isNewer(version, now.version)) return [];
      const step = { from: now.version, to: version };
      if (!isSelected(selection, name, each, closesSecurity(records.byName.get(name) ?? [], step))) return [];
      return [{ name, architecture: each, why: `${version} is blocked: ${reason}`.slice(0, 16_000) }];
    });
  });
}

function isSelected(selection: Selection, name: string, architecture: string, security: boolean): boolean {
  if (selection.kind === 'all') return true;
  if (selection.kind === 'security') return security;
  return selection.packages.some(
    (each) => each.name === name && (each.architecture === undefined || each.architecture === architecture),
  );
}
