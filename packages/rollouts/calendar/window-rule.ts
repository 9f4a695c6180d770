/** A maintenance window's rule, parsed: RFC 5545 recurrence of local starts, and how long each lasts. */
export interface WindowRule {
  readonly name: string;
  /** As it was written, for people: `second Tuesday + 4 days`, or the RRULE. */
  readonly words: string;
  /** RFC 5545 RRULE without DTSTART; what words mean in the same terms. */
  readonly rrule: string;
  /** Whole days that are added to each date of the rule (`+ 4 days`); 0 to 60, or negative. */
  readonly shiftDays: number;
  /** First date (local, `YYYY-MM-DD`) from which the rule counts. */
  readonly from: string;
  /** Local wall-clock start, `HH:MM`. */
  readonly at: string;
  readonly durationMs: number;
  /** IANA zone, or `endpoint`: the zone of whoever asks. */
  readonly timeZone: string;
  /** Local dates of starts that fall out. */
  readonly except: readonly string[];
}

/** A stretch of time, Unix milliseconds; the end is outside. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}
