import { createHash } from 'node:crypto';
import type { Transaction } from '@thimble/protocol';
import { HostError, type Host } from '../host.ts';
import type { DpkgPackage } from '../dpkg-status.ts';

const CONFFILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Configuration files that somebody changed since dpkg installed them. Whether the new version changes them too is only
 * known once it is here, so all of them are named (deb-conffiles(5)): the local ones will be kept.
 */
export async function changedConffiles(
  host: Host,
  packages: readonly DpkgPackage[],
): Promise<Transaction['conffileConflicts']> {
  const conflicts: Transaction['conffileConflicts'] = [];
  for (const each of packages) {
    for (const { path, md5 } of each.conffiles) {
      if (await isChanged(host, path, md5)) conflicts.push({ package: each.name, path: path.slice(0, 512) });
    }
  }
  return conflicts.slice(0, 1_000);
}

async function isChanged(host: Host, path: string, md5: string): Promise<boolean> {
  try {
    const data = await host.readFile(path, { maxBytes: CONFFILE_BYTES_MAX });
    // A removed one stays removed, without a question.
    return data !== null && createHash('md5').update(data).digest('hex') !== md5;
  } catch (error) {
    // Not readable for us, or of a size that no vendor ships: name it rather than miss it.
    if (error instanceof HostError) return true;
    throw error;
  }
}
