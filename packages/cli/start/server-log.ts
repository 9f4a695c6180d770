import { existsSync, mkdirSync, renameSync, statSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { printable, type Terminal } from '../terminal/index.ts';

/** One older file is kept: the log of an evening must not fill a laptop's disk. */
const ROTATE_AT_BYTES = 20 * 1024 * 1024;
/** PostgreSQL says so to whoever asks whether it is ready yet. */
const USUAL = /the database system is (starting up|shutting down)/;
const TROUBLE = new Set(['warn', 'error', 'fatal']);

export interface ServerLog {
  readonly path: string;
  /** For the server: JSON lines. */
  write(line: string): void;
  /** For the local agent: plain lines; those that begin with `warning` are shown too. */
  say(line: string): void;
  close(): void;
}

/** Everything goes into a file below the data directory (which exists); the terminal gets only what somebody should look at. */
export function openServerLog(terminal: Terminal, dataDirectory: string): ServerLog {
  const directory = join(dataDirectory, 'log');
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o750 });
  const path = join(directory, 'thimble.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_AT_BYTES) renameSync(path, `${path}.1`);
  const stream = createWriteStream(path, { flags: 'a', mode: 0o640 });
  // A full disk must not end the server; that the log can't be written is the least of its troubles then.
  stream.on('error', () => undefined);
  return {
    path,
    write(line) {
      stream.write(line);
      const { level, msg, err } = readLine(line);
      if (!TROUBLE.has(level) || USUAL.test(msg)) return;
      const why = err === '' ? '' : `: ${err}`;
      terminal.note(
        `${terminal.errColour.warning(level === 'warn' ? 'warning' : level)} ${printable(msg)}${printable(why)}`,
      );
    },
    say(line) {
      stream.write(`${JSON.stringify({ level: 'info', time: new Date().toISOString(), agent: line })}\n`);
      if (line.startsWith('warning '))
        terminal.note(`${terminal.errColour.warning('warning')} ${printable(line.slice(8))}`);
    },
    close() {
      stream.end();
    },
  };
}

function readLine(line: string): { level: string; msg: string; err: string } {
  try {
    const {
      level,
      msg,
      line: words,
      err,
    } = JSON.parse(line) as Partial<Record<'level' | 'msg' | 'line', unknown>> & { err?: { message?: unknown } };
    // PostgreSQL's own words come as `line`.
    return {
      level: String(level),
      msg: typeof words === 'string' ? `${String(msg)}: ${words}` : String(msg ?? ''),
      err: typeof err?.message === 'string' ? err.message : '',
    };
  } catch {
    return { level: 'info', msg: line, err: '' };
  }
}
