import { parseWords } from './parse-words.ts';
import { recurrenceInWords } from './recurrence-in-words.ts';
import type { WindowRule } from './window-rule.ts';

/** More dates than these say nothing more to a reader. */
const NAMED_AT_MOST = 3;

/** `second Tuesday + 4 days at 22:00 for 4 h, Europe/Berlin, but not on 2026-12-24`. */
export function ruleInWords(rule: WindowRule): string {
  const parsed = parseWords(rule.words);
  const dates = parsed.ok ? recurrenceInWords(parsed.recurrence) : rule.words;
  const length = rule.durationMs === 0 ? '' : ` for ${lengthInWords(rule.durationMs)}`;
  const zone = rule.timeZone === 'endpoint' ? 'local time of the endpoint' : rule.timeZone;
  return `${dates} at ${rule.at}${length}, ${zone}${exceptInWords(rule.except)}`;
}

function exceptInWords(dates: readonly string[]): string {
  if (dates.length === 0) return '';
  const more = dates.length - NAMED_AT_MOST;
  return `, but not on ${dates.slice(0, NAMED_AT_MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function lengthInWords(durationMs: number): string {
  const minutes = Math.round(durationMs / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
