export type ParsedRrule =
  /** In the one way to write it: upper case, no blanks. `needsFirstDate`: which day it is, only the first date says. */
  | { readonly ok: true; readonly rrule: string; readonly needsFirstDate: boolean }
  | { readonly ok: false; readonly message: string };

/** The part of RFC 5545 section 3.3.10 that says on which dates something is; when on them and for how long, the window says. */
export function parseRrule(text: string): ParsedRrule {
  const upper = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '');
  const parts = new Map<string, string>();
  for (const part of upper.split(';')) {
    const [name = '', value = '', rest] = part.split('=');
    const message = parts.has(name) ? `${name} is written twice` : problemOf(name, value, rest);
    if (message !== null) return { ok: false, message };
    parts.set(name, value);
  }
  const message = together(parts);
  return message === null ? { ok: true, rrule: upper, needsFirstDate: needsFirstDate(parts) } : { ok: false, message };
}

/** What each part may be; numbers also from the end, up to the most. */
const PARTS: Readonly<Record<string, { readonly form: RegExp; readonly most: number }>> = {
  FREQ: { form: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/, most: Infinity },
  INTERVAL: { form: /^[1-9][0-9]{0,2}$/, most: 366 },
  WKST: { form: /^(MO|TU|WE|TH|FR|SA|SU)$/, most: Infinity },
  BYDAY: { form: /^([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU))*$/, most: 53 },
  BYMONTH: { form: /^[1-9][0-9]?(,[1-9][0-9]?)*$/, most: 12 },
  BYMONTHDAY: { form: /^[+-]?[1-9][0-9]?(,[+-]?[1-9][0-9]?)*$/, most: 31 },
  BYYEARDAY: { form: /^[+-]?[1-9][0-9]{0,2}(,[+-]?[1-9][0-9]{0,2})*$/, most: 366 },
  BYWEEKNO: { form: /^[+-]?[1-9][0-9]?(,[+-]?[1-9][0-9]?)*$/, most: 53 },
  BYSETPOS: { form: /^[+-]?[1-9][0-9]{0,2}(,[+-]?[1-9][0-9]{0,2})*$/, most: 366 },
};

/** Parts that RFC 5545 has and a window can't. */
const REFUSED: Readonly<Record<string, string>> = {
  COUNT: 'COUNT is not for windows: after the last, nothing would be patched and nobody would know. Leave it out',
  UNTIL: 'UNTIL is not for windows: after it, nothing would be patched and nobody would know. Leave it out',
  BYHOUR: 'BYHOUR is not for windows; write the time as `at`',
  BYMINUTE: 'BYMINUTE is not for windows; write the time as `at`',
  BYSECOND: 'BYSECOND is not for windows; write the time as `at`',
  DTSTART: 'DTSTART is no part of a rule; write the first date as `from`',
};

function problemOf(name: string, value: string, rest: string | undefined): string | null {
  const refused = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (refused !== undefined) return refused;
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part === undefined) return `\`${name}\` is no part of a rule; RFC 5545 has ${Object.keys(PARTS).join(', ')}`;
  if (name === 'FREQ' && /^(HOUR|MINUTE|SECOND)LY$/.test(value))
    return `FREQ=${value} is not for windows; write DAILY, WEEKLY, MONTHLY or YEARLY`;
  if (rest !== undefined || !part.form.test(value)) return `\`${name}=${value}\` is not of the form of RFC 5545`;
  const beyond = (value.match(/[0-9]+/g) ?? []).find((number) => Number(number) > part.most);
  return beyond === undefined ? null : `${name} can be up to ${part.most}, not ${beyond}`;
}

/** Each part that others may not stand with, as calendar programs understand the two together differently or RFC 5545 forbids it. */
const COMPANY: readonly (readonly [part: string, others: readonly string[]])[] = [
  ['BYWEEKNO', ['FREQ', 'BYDAY', 'WKST']],
  ['BYYEARDAY', ['FREQ', 'INTERVAL', 'WKST']],
  ['numbered BYDAY', ['FREQ', 'INTERVAL', 'BYMONTH', 'BYDAY', 'BYSETPOS', 'WKST']],
];

/** The frequencies that a part is for, where not all: RFC 5545 section 3.3.10; BYSETPOS less, as BYDAY says it better. */
const FREQUENCIES: readonly (readonly [part: string, frequencies: readonly string[]])[] = [
  ['BYWEEKNO', ['YEARLY']],
  ['BYYEARDAY', ['YEARLY']],
  ['BYMONTHDAY', ['DAILY', 'MONTHLY', 'YEARLY']],
  ['BYSETPOS', ['MONTHLY', 'YEARLY']],
  ['numbered BYDAY', ['MONTHLY', 'YEARLY']],
];

/** Why parts that are right by themselves are no rule together; null: they are one. */
function together(parts: ReadonlyMap<string, string>): string | null {
  const frequency = parts.get('FREQ');
  if (frequency === undefined) return 'FREQ is missing; write for example `FREQ=MONTHLY;BYDAY=-1SA`';
  const days = (parts.get('BYDAY') ?? '').split(',');
  const numbered = days.some((day) => /[0-9]/.test(day));
  const has = (part: string): boolean => (part === 'numbered BYDAY' ? numbered : parts.has(part));
  for (const [part, frequencies] of FREQUENCIES)
    if (has(part) && !frequencies.includes(frequency))
      return `${part} is for FREQ=${frequencies.join(' and FREQ=')} only`;
  for (const [part, others] of COMPANY) {
    const other = [...parts.keys()].find((name) => name !== part && !others.includes(name));
    if (has(part) && other !== undefined) return `${part} and ${other} can not stand together; write a window for each`;
  }
  if (numbered && days.some((day) => !/[0-9]/.test(day)))
    return 'days with and without a number can not stand together; write a window for each';
  if (parts.has('BYWEEKNO') && !parts.has('BYDAY')) return 'BYWEEKNO needs the day of the week: add BYDAY';
  if (parts.has('BYSETPOS') && !CHOOSABLE.some((part) => parts.has(part)))
    return 'BYSETPOS chooses among the days of another part; write for example `BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`';
  return null;
}

const CHOOSABLE = ['BYDAY', 'BYMONTH', 'BYMONTHDAY'];

function needsFirstDate(parts: ReadonlyMap<string, string>): boolean {
  const frequency = parts.get('FREQ');
  if (frequency === 'DAILY' || parts.has('BYDAY')) return false;
  return !parts.has('BYMONTHDAY') && !parts.has('BYYEARDAY');
}
