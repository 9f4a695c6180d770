/** `thimble-20261122t130500z-0199a5a0`: sorted by name, the newest is last. Its letters are fine for LVM, btrfs and ZFS. */
export function snapshotName(at: Date, orderId: string): string {
  const stamp = at
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
    .toLowerCase();
  return `thimble-${stamp}-${orderId.slice(0, 8).toLowerCase()}`;
}

/** Nothing else is ever removed. */
export function isSnapshotName(name: string): boolean {
  return /^thimble-\d{8}t\d{6}z-[0-9a-f]{8}$/.test(name);
}
