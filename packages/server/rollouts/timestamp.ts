/** Unix milliseconds as the protocol and PostgreSQL write a moment. */
export function timestamp(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
