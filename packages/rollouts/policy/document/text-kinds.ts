import {
  BudgetDocument,
  CalendarDate,
  DurationWord,
  LabelKey,
  LabelValue,
  Name,
  TimeOfDay,
  Timestamp,
  ZoneWord,
} from '@thimble/protocol';
import { durationInWords, durationMs } from '../duration.ts';
import { similarWord } from './similar-word.ts';

/** What a text with a pattern is called, how it is written, and what somebody probably meant who wrote it otherwise. */
export interface TextKind {
  /** After `is no`. */
  readonly noun: string;
  /** After `write`. */
  readonly form: string;
  /** null: nothing can be guessed. What is guessed is only ever shown, and only if it is of this kind. */
  readonly repair: (text: string) => string | null;
}

const none = (): null => null;

const LENGTH = String.raw`(\d{1,5}(?:\.\d{1,2})?)\s*(minutes?|min|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)`;

const DURATION: TextKind = {
  noun: 'duration',
  form: 'it like 30m, 48h, 7d or 2w',
  repair(text) {
    const words = text.trim().toLowerCase();
    if (!new RegExp(`^${LENGTH}(?:\\s*${LENGTH})*$`).test(words)) return null;
    const parts = [...words.matchAll(new RegExp(LENGTH, 'g'))].map(([, count = '', unit = '']) => ({
      count: Number(count),
      unit: unit.charAt(0),
    }));
    const [first] = parts;
    // `2 days` are 2d, as they were written; `1h30m` are 90m.
    if (first !== undefined && parts.length === 1 && Number.isInteger(first.count))
      return `${first.count}${first.unit}`;
    return durationInWords(parts.reduce((sum, { count, unit }) => sum + count * (durationMs(`1${unit}`) ?? 0), 0));
  },
};

const PERCENT: TextKind = {
  noun: 'percentage',
  form: 'it like 10%',
  repair(text) {
    const match = /^\s*(\d{1,3})\s*(%|percent|per cent)?\s*$/i.exec(text);
    return match === null ? null : `${Number(match[1])}%`;
  },
};

const NAME: TextKind = {
  noun: 'name',
  form: 'lower-case letters, digits, `-`, `_` and `.`, 63 at most',
  repair: (text) =>
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replaceAll(/^[^a-z0-9]+|-+$/g, ''),
};

const TIME: TextKind = {
  noun: 'time of day',
  form: 'it like 22:00',
  repair(text) {
    const match = /^\s*(\d{1,2})(?:[:.]?(\d{2}))?\s*(am|pm)?\s*$/i.exec(text);
    if (match === null) return null;
    const [, hour = '', minute = '00', half] = match;
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
    return `${String(hours).padStart(2, '0')}:${minute}`;
  },
};

const DATE: TextKind = {
  noun: 'date',
  form: 'it like 2026-12-24',
  repair(text) {
    // Day first, as nobody writes it with full stops otherwise; with slashes nobody can know.
    const match = /^\s*(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\s*$/.exec(text);
    if (match === null) return null;
    const [, day = '', month = '', year = ''] = match;
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  },
};

const KINDS: ReadonlyMap<string, TextKind> = new Map([
  [patternOf(DurationWord), DURATION],
  ['^(100|[1-9]?[0-9])%$', PERCENT],
  [patternOf(Name), NAME],
  [patternOf(TimeOfDay), TIME],
  [patternOf(CalendarDate), DATE],
  [patternOf(Timestamp), { noun: 'moment', form: 'it like 2026-12-24T22:00:00.000Z', repair: none }],
  [
    patternOf(LabelKey),
    { noun: "label's key", form: 'lower-case letters, digits and `._/-`, 63 at most', repair: NAME.repair },
  ],
  [
    patternOf(LabelValue),
    { noun: 'text of one line', form: 'it without line breaks and control characters', repair: none },
  ],
  [
    patternOf(BudgetDocument.properties.per),
    {
      noun: 'budget group',
      form: 'all, site, group or label:KEY',
      repair: (text) => similarWord(text, ['all', 'site', 'group']),
    },
  ],
  [patternOf(ZoneWord), { noun: 'time zone', form: 'one like Europe/Berlin, or endpoint', repair: none }],
  ['^[^\\s]+$', { noun: 'pattern', form: 'it without spaces', repair: (text) => text.replaceAll(/\s+/g, '') }],
  [
    '^https?://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s]*)?$',
    {
      noun: "address of the endpoint's own",
      form: 'one like http://127.0.0.1:8080/health: endpoints ask nobody but themselves',
      repair: none,
    },
  ],
]);

/** What is known of texts with this pattern; null: nothing. A test sees to it that every pattern of a policy is known. */
export function textKind(pattern: string): TextKind | null {
  return KINDS.get(pattern) ?? null;
}

function patternOf(schema: object): string {
  return 'pattern' in schema && typeof schema.pattern === 'string' ? schema.pattern : '';
}
