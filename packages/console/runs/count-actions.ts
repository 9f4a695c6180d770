import type { PackageAction, PackageChange } from '@thimble/protocol';

const WORDS: Readonly<Record<PackageAction, string>> = {
  upgrade: 'upgraded',
  install: 'new',
  remove: 'removed',
  downgrade: 'downgraded',
  reinstall: 'reinstalled',
};

/** `18 upgraded, 1 new, 1 removed`. */
export function countActions(changes: readonly Pick<PackageChange, 'action'>[]): string {
  const counts = new Map<PackageAction, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const words = (Object.keys(WORDS) as PackageAction[]).flatMap((action) => {
    const count = counts.get(action);
    return count === undefined ? [] : [`${count} ${WORDS[action]}`];
  });
  return words.length === 0 ? 'no changes' : words.join(', ');
}
