/** Whether something may still begin: an approval for a window is none any more when nothing may begin in it. */
export function isInTime(startBeforeMs: number | null, nowMs: number): boolean {
  return startBeforeMs === null || nowMs < startBeforeMs;
}
