export interface Kernels {
  /** As uname -r prints it; null: not reported. */
  readonly running: string | null;
  /** What the next boot starts; null: not known. */
  readonly installed: string | null;
}

/**
 * What a package of a kernel is on an endpoint: `in-use` it runs, or it is of no particular kernel · `next` it will ·
 * `left-over` it neither runs nor starts next. Of an endpoint that did not say which kernel runs, all are in use.
 */
export function kernelRole(release: string | null, { running, installed }: Kernels): 'in-use' | 'next' | 'left-over' {
  if (release === null || running === null || running === '' || release === running) return 'in-use';
  if (release === installed) return 'next';
  // Without a statement about the next boot any of them may be it.
  return installed === null ? 'in-use' : 'left-over';
}
