import type { Host } from '../host.ts';
import { READ_LIMITS } from './limits.ts';
import type { AptWorkspace } from './workspace.ts';

/**
 * A package file that we downloaded and compared with a signed index's digest. When the archive drops that version, it
 * is the only way back to it.
 */
export interface VerifiedArchive {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly path: string;
  /** Fetched ahead of the installation that needs it (Unix, milliseconds). */
  readonly stagedAtMs?: number;
}

/** What was staged for a window that never came makes room after this. */
export const STAGED_KEPT_MS = 30 * 24 * 3_600_000;

export async function readVerified(host: Host, workspace: AptWorkspace): Promise<readonly VerifiedArchive[]> {
  const data = await host.readFile(pathOf(workspace), { maxBytes: READ_LIMITS.extendedStatesBytes });
  if (data === null) return [];
  try {
    const list: unknown = JSON.parse(data.toString('utf8'));
    return Array.isArray(list) ? list.filter(isVerified) : [];
  } catch {
    // Only a cut file is no JSON; then those packages have no way back, and the gaps say so.
    return [];
  }
}

export async function writeVerified(
  host: Host,
  workspace: AptWorkspace,
  list: readonly VerifiedArchive[],
): Promise<void> {
  await host.writeFile(pathOf(workspace), JSON.stringify(list));
}

function pathOf(workspace: AptWorkspace): string {
  return `${workspace.directory}/verified.json`;
}

function isVerified(each: unknown): each is VerifiedArchive {
  const { name, architecture, version, sha256, sizeBytes, path } = Object(each) as Record<string, unknown>;
  return (
    [name, architecture, version, path].every((text) => typeof text === 'string') &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(sizeBytes)
  );
}
