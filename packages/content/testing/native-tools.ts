import { ensureTools, missingTools } from '@thimble/lab';

/** Programs that make and check real repositories, and the Debian packages that bring them. */
export const NATIVE_TOOLS = {
  rpm: new Map([
    ['rpmbuild', 'rpm'],
    ['rpmsign', 'rpm'],
    ['createrepo_c', 'createrepo-c'],
    ['modifyrepo_c', 'createrepo-c'],
    ['gpg', 'gpg'],
    ['gpg-agent', 'gpg-agent'],
  ]),
  dnf: new Map([['dnf', 'dnf']]),
} as const satisfies Readonly<Record<string, ReadonlyMap<string, string>>>;

/**
 * For test files: whether these programs are there, after root has tried to install them; says loudly on stderr what is skipped
 * where they are not.
 */
export async function nativeToolsForTests(
  what: string,
  ...kinds: readonly (keyof typeof NATIVE_TOOLS)[]
): Promise<boolean> {
  const tools = new Map<string, string>(kinds.flatMap((kind) => [...NATIVE_TOOLS[kind]]));
  let why = `not root, and missing: ${missingTools(undefined, tools).join(', ')}`;
  if (missingTools(undefined, tools).length > 0 && process.getuid?.() === 0) {
    try {
      await ensureTools(tools);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  if (missingTools(undefined, tools).length === 0) return true;
  process.stderr.write(`\n!!! SKIPPED: ${what}: ${why} !!!\n\n`);
  return false;
}
