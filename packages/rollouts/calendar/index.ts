export { createCalendarCache, occurrences, type CalendarCache } from './calendar-cache.ts';
export { parseIcs, type CalendarEvent, type ParsedIcs } from './ics/parse-ics.ts';
export { printIcs } from './ics/print-ics.ts';
export { intersect, openAt, subtract, union } from './intervals.ts';
export { parseRecurrence, type ParsedRecurrence, type RecurrenceDocument } from './parse-recurrence.ts';
export { ruleInWords } from './rule-in-words.ts';
export type { Interval, WindowRule } from './window-rule.ts';
export { isZone } from './zone-time.ts';
