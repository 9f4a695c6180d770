import type { RuntimeExposure } from '@thimble/advisories';
import type { PackageInUse } from '@thimble/protocol';

/** What an endpoint's agent saw of packages in use. Null: it did not look. */
export type InUse = ReadonlyMap<string, PackageInUse['reach']> | null;

const EXPOSURES = {
  none: 'running',
  loopback: 'listens-on-loopback',
  beyond: 'listens-beyond',
} as const satisfies Record<PackageInUse['reach'], RuntimeExposure>;

/** Language packages and those of containers are not among what agents look for. */
export function runtimeOf(
  software: { readonly name: string; readonly isInstalled: boolean },
  inUse: InUse,
): RuntimeExposure {
  if (inUse === null || !software.isInstalled) return 'unknown';
  const reach = inUse.get(software.name);
  return reach === undefined ? 'dormant' : EXPOSURES[reach];
}

export function inUseOf(list: readonly Pick<PackageInUse, 'package' | 'reach'>[] | null): InUse {
  return list === null ? null : new Map(list.map(({ package: name, reach }) => [name, reach]));
}
