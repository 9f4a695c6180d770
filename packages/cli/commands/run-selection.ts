import type { Selection } from '@thimble/protocol';
import { usageError } from '../cli-error.ts';

export interface SelectionOptions {
  readonly security?: boolean;
  readonly all?: boolean;
  /** `name`, `name:architecture`, `name=version`, `name:architecture=version`, as apt writes them. */
  readonly package?: readonly string[];
}

/** @throws CliError when none or more than one kind is asked for and there is no usual one. */
export function readSelection({ security, all, package: packages }: SelectionOptions, usual?: Selection): Selection {
  const asked = [security === true, all === true, packages !== undefined].filter(Boolean).length;
  if (asked > 1) throw usageError('choose one of --security, --all and --package');
  if (packages !== undefined) return { kind: 'packages', packages: packages.map(readPackage) };
  if (all === true) return { kind: 'all' };
  if (security === true) return { kind: 'security' };
  if (usual !== undefined) return usual;
  throw usageError('which updates?', 'Choose one of --security, --all and --package NAME.');
}

const PACKAGE_PATTERN = /^([A-Za-z0-9][A-Za-z0-9+._-]{0,254})(?::([a-z0-9-]{1,32}))?(?:=([\x21-\x7e]{1,255}))?$/;

function readPackage(text: string): { name: string; architecture?: string; version?: string } {
  const [, name, architecture, version] = PACKAGE_PATTERN.exec(text) ?? [];
  if (name === undefined)
    throw usageError(`${JSON.stringify(text)} is not a package`, 'Write NAME, NAME:ARCHITECTURE or NAME=VERSION.');
  return {
    name,
    ...(architecture === undefined ? {} : { architecture }),
    ...(version === undefined ? {} : { version }),
  };
}

export function selectionInWords(selection: Selection): string {
  switch (selection.kind) {
    case 'security':
      return 'security updates';
    case 'all':
      return 'all updates';
    case 'packages':
      return `updates of ${selection.packages.map(({ name }) => name).join(', ')}`;
  }
}
