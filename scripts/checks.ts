/** Checks that need no test runner; each is a command of a development dependency that exits 0 when all is well. */
export const checks: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format (oxfmt)', command: ['oxfmt', '--check', '.'] },
  { name: 'lint (oxlint)', command: ['oxlint', '--deny-warnings'] },
  { name: 'types (tsc)', command: ['tsc', '-p', '.'] },
  { name: 'types of the console (tsc)', command: ['tsc', '-p', 'packages/console'] },
  { name: 'dead code (knip)', command: ['knip', '--no-progress'] },
];
