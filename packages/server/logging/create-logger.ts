import { type Logger, pino } from 'pino';
import { formatLine } from './format-line.ts';

/** Whatever may hold a secret by our own names; request bodies and headers are not logged in the first place. */
const REDACTED = [
  'authorization',
  'cookie',
  'secret',
  'token',
  'link',
  'password',
  '*.authorization',
  '*.cookie',
  '*.secret',
  '*.token',
  '*.link',
  '*.password',
  'headers["set-cookie"]',
];

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'text';
  readonly write: (line: string) => void;
}

/** Structured logs: JSON lines for machines, one readable line for people. */
export function createLogger({ level, format, write }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : (line: string) => write(formatLine(line)) },
  );
}
