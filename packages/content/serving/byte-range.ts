/** The first and last byte that are wanted, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header (RFC 9110 section 14.2). One range is served; a request for several, or for another unit, gets the whole
 * file, as the section allows.
 *
 * @returns null: send everything.
 */
export function readRange(range: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  if (range === undefined) return null;
  const match = /^bytes=(\d*)-(\d*)$/i.exec(range.trim());
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { first: sizeBytes - length, last: sizeBytes - 1 };
  }
  const from = Number(first);
  // A last byte before the first one makes the header invalid, whatever the size is (section 14.1.1).
  if (last !== '' && Number(last) < from) return null;
  if (from >= sizeBytes) return 'unsatisfiable';
  return { first: from, last: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
