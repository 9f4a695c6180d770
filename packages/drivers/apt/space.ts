import type { Transaction } from '@thimble/protocol';
import type { Host } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import type { AptWorkspace } from './workspace.ts';

const MIB = 1024 * 1024;
/** For dpkg's own files, logs and a package that is unpacked beside its predecessor. */
const MARGIN_BYTES = 48 * MIB;
/** A kernel with its modules' initramfs, of which dpkg knows nothing. */
const BOOT_BYTES = 96 * MIB;

/** dpkg on a full disk leaves a mess; so a disk that is too small stops the order before anything is fetched. */
export async function spaceNeeded(
  host: Host,
  workspace: AptWorkspace,
  transaction: Transaction,
  keptBytes: number,
): Promise<AptError | null> {
  const growth = Math.max(0, transaction.installedDeltaBytes);
  const largest = Math.max(0, ...transaction.changes.map((change) => change.downloadBytes));
  const kernel = transaction.changes.some((change) => /^linux-image-\d/.test(change.name) && change.to !== null);
  const needs: readonly (readonly [string, number])[] = [
    [workspace.directory, transaction.downloadBytes + keptBytes + 16 * MIB],
    // A compressed package is about a quarter of what it unpacks to.
    ['/usr', growth + 4 * largest + MARGIN_BYTES],
    ['/var/lib/dpkg', MARGIN_BYTES],
    ...(kernel ? [['/boot', BOOT_BYTES] as const] : []),
  ];
  for (const [path, bytes] of needs) {
    const free = await host.freeBytes(path);
    if (free !== null && free < bytes) {
      const inMib = (value: number) => `${Math.ceil(value / MIB)} MiB`;
      return { code: 'disk-full', message: `${path} has ${inMib(free)} free, this order needs ${inMib(bytes)}` };
    }
  }
  return null;
}
