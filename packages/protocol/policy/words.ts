import { Type, type Static } from 'typebox';

/** A length of time in the words of a policy: minutes, hours, days or weeks (`30m`, `48h`, `7d`, `2w`). */
export const DurationWord = Type.String({
  pattern: '^(0|[1-9][0-9]{0,4})(m|h|d|w)$',
  description: 'e.g. 30m, 48h, 7d, 2w',
});
/** So many endpoints, or so many percent of them (`3`, `10%`). A percentage is rounded up to at least one. */
export const Amount = Type.Union([
  Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  Type.String({ pattern: '^(100|[1-9]?[0-9])%$', description: 'e.g. 10%' }),
]);
export type Amount = Static<typeof Amount>;
/** A name that other parts of a policy, a command line or an endpoint's folder refer to. */
export const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
  description: 'lower-case letters, digits, - _ .',
});
/** Keys and values of an endpoint's labels. */
export const LabelKey = Type.String({ pattern: '^[a-z0-9][a-z0-9._/-]{0,62}$' });
export const LabelValue = Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\x00-\\x1f\\x7f]+$' });
/** 24-hour wall-clock time. */
export const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'e.g. 22:00' });
export const CalendarDate = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'e.g. 2026-12-24' });
/** IANA name; `endpoint`: the endpoint's own, else the server's. */
export const ZoneWord = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$' });
