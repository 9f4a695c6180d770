import { CalendarDate, DurationWord, Name, TimeOfDay } from '@thimble/protocol';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { similarWord } from './similar-word.ts';
import { textKind } from './text-kinds.ts';

const patternOf = (schema: object): string => ('pattern' in schema ? String(schema.pattern) : '');

describe('what was probably meant', () => {
  it.each([
    [DurationWord, '6 hours', '6h'],
    [DurationWord, '2 Days', '2d'],
    [DurationWord, '1h30m', '90m'],
    [DurationWord, '1 day 12 hours', '36h'],
    [DurationWord, '1.5h', '90m'],
    [DurationWord, '03h', '3h'],
    [DurationWord, 'a month', null],
    [DurationWord, '6 hours or so', null],
    [TimeOfDay, '9:00', '09:00'],
    [TimeOfDay, '9pm', '21:00'],
    [TimeOfDay, '12 am', '00:00'],
    [TimeOfDay, '12.30pm', '12:30'],
    [TimeOfDay, '2200', '22:00'],
    [TimeOfDay, 'noon', null],
    [CalendarDate, '1.5.2026', '2026-05-01'],
    [CalendarDate, '5/1/2026', null],
    [Name, ' Web Servers! ', 'web-servers'],
  ])('%#: %j', (schema, text, meant) => {
    const repaired = textKind(patternOf(schema))?.repair(text) ?? null;
    expect(repaired).toBe(meant);
    if (repaired !== null) expect(Check(schema, repaired)).toBe(true);
  });
});

describe('similarWord', () => {
  it.each([
    ['soka', 'soak'],
    ['Soak', 'soak'],
    ['at_once', 'atOnce'],
    ['window', 'windows'],
    ['rings', 'rings'],
    ['ringtones', null],
    ['x', null],
    ['x'.repeat(100), null],
  ])('%s is meant as %s', (word, meant) => {
    expect(similarWord(word, ['soak', 'atOnce', 'windows', 'rings', 'name'])).toBe(meant);
  });
});
