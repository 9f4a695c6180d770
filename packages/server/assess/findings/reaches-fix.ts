import { orderVersions } from '@thimble/versions';

/** Whether an update's candidate is the fix or newer. Of versions that can't be compared nobody knows, so it does not count. */
export function reachesFix(
  { candidate, sourceVersion }: { readonly candidate: string; readonly sourceVersion: string },
  verdict: { readonly scheme: string; readonly fix_version: string; readonly fix_of: 'source' | 'binary' | null },
): boolean {
  const result = orderVersions(
    verdict.scheme,
    verdict.fix_of === 'source' ? sourceVersion : candidate,
    verdict.fix_version,
  );
  return 'order' in result && result.order >= 0;
}
