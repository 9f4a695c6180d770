/** What an answer without a document means for people who read of it. */
export function adviceForStatus(status: number): string {
  if (status === 401 || status === 403) return 'It wants a sign-in or refuses this address.';
  if (status === 407) return 'The proxy wants a user name and password: put them into its address.';
  if (status === 404 || status === 410) return 'The document is not there: check the base address.';
  if (status === 429) return 'It is asked too often; try again later.';
  return status >= 500 ? 'It has a problem of its own; try again later.' : 'That is no document.';
}

/** A Retry-After header (RFC 9110 section 10.2.3), seconds or a date, as milliseconds. Null: not given or not understood. */
export function retryAfterMs(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
