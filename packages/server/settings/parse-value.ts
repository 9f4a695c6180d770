import { isAbsolute, resolve } from 'node:path';
import type { Setting } from './table/index.ts';

export class SettingsError extends Error {
  readonly code: 'unknown-setting' | 'bad-value' | 'missing-value' | 'bad-file';
  constructor(code: SettingsError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SettingsError';
    this.code = code;
  }
}

/**
 * Reads a value as its setting's type, or refuses: a port of '84a43' must never become 84.
 *
 * @param source Where the text came from, as a person would say it: `--port`, `THIMBLE_PORT`, `line 3 of FILE`.
 * @param base Folder that a relative path starts from.
 * @throws SettingsError `bad-value`
 */
export function parseValue(setting: Setting, text: string, source: string, base: string): string | number | boolean {
  const refuse = (expected: string): SettingsError =>
    new SettingsError(
      'bad-value',
      `${source}: ${setting.secret === true ? 'the value' : JSON.stringify(text)} is not ${expected}`,
    );
  switch (setting.type) {
    case 'text':
      if (text === '' || /\p{Cc}/u.test(text)) throw refuse('a text of one line');
      return text;
    case 'path':
      if (text === '' || text.includes('\0')) throw refuse('a path');
      return isAbsolute(text) ? resolve(text) : resolve(base, text);
    case 'url':
      if (!URL.canParse(text)) throw refuse('a URL');
      return text;
    case 'port':
      return integer(text, [0, 65_535], () => refuse('a port from 0 to 65535'));
    case 'integer': {
      const [least, most] = setting.range ?? [0, Number.MAX_SAFE_INTEGER];
      return integer(text, [least, most], () => refuse(`a whole number from ${least} to ${most}`));
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw refuse('true or false');
    case 'choice':
      if (setting.choices?.includes(text) === true) return text;
      throw refuse(`one of ${setting.choices?.join(', ')}`);
    case 'zone':
      if (isTimeZone(text)) return text;
      throw refuse('an IANA time zone such as Europe/Berlin');
  }
}

function integer(text: string, [least, most]: readonly [number, number], refuse: () => SettingsError): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < least || value > most) throw refuse();
  return value;
}

function isTimeZone(text: string): boolean {
  try {
    // An offset such as +02:00 is taken too, and has no daylight-saving time: it is no zone.
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions() !== undefined;
  } catch {
    return false;
  }
}
