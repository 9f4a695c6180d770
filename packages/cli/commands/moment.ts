import { InvalidArgumentError } from 'commander';

const FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * An option's value as a moment, ISO 8601. A day means its end, UTC: what was true, or holds, until it was over. A time
 * without a zone is UTC too, so that a command means the same on every machine.
 *
 * @throws InvalidArgumentError
 */
export function momentOf(text: string): string {
  const full = text.length === 10 ? `${text}T23:59:59.999Z` : /Z|[+-]\d{2}:\d{2}$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(full);
  if (!FORM.test(text) || Number.isNaN(time) || !isDay(text.slice(0, 10)))
    throw new InvalidArgumentError('It has to be a date: 2026-05-03, or 2026-05-03T12:00Z.');
  return new Date(time).toISOString();
}

/**
 * The same for when something begins: a day means its first moment, UTC, so that what begins on a day holds on all of it.
 *
 * @throws InvalidArgumentError
 */
export function beginningOf(text: string): string {
  return momentOf(text.length === 10 ? `${text}T00:00Z` : text);
}

/** The platform reads 30 February as 2 March. */
function isDay(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}
