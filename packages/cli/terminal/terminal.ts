import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Colour, makeColour, wantsColour } from './colour.ts';

/** What a command talks to: results go to `out`, talk about the work to `note`. Passed in, so tests can listen. */
export interface Terminal {
  /** A line (or several) of the result, on standard output. */
  out(text: string): void;
  /** Text of the result as it is, many lines at once; resolves when the reader keeps up. */
  outRaw(text: string): Promise<void>;
  /** A line about the work, on standard error: pipes and `--json` stay clean. */
  note(text: string): void;
  /** Redraws one line of progress on a terminal; nothing elsewhere. An empty text takes it away. */
  status(text: string): void;
  /** Columns of standard output; Infinity when it is not a terminal. */
  readonly width: number;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** A person is there to answer questions: input and the notes' output are a terminal. */
  readonly interactive: boolean;
  readonly colour: Colour;
  /** For notes. */
  readonly errColour: Colour;
  readonly input: Readable;
  readonly errStream: Writable;
}

type MaybeTerminal = { readonly isTTY?: boolean; readonly columns?: number };

const NARROWEST = 40;
const CLEAR_LINE = '\r\u001b[2K';

export function processTerminal(process: NodeJS.Process): Terminal {
  const out: Writable & MaybeTerminal = process.stdout;
  const err: Writable & MaybeTerminal = process.stderr;
  const input: Readable & MaybeTerminal = process.stdin;
  const errIsTerminal = err.isTTY === true;
  let statusShown = false;
  const clearStatus = (): void => {
    if (statusShown) err.write(CLEAR_LINE);
    statusShown = false;
  };
  return {
    out(text) {
      clearStatus();
      out.write(`${text}\n`);
    },
    async outRaw(text) {
      clearStatus();
      if (out.destroyed) return;
      // A reader that has gone is no failure; there is only nobody to wait for any more.
      if (!out.write(text)) await once(out, 'drain').catch(() => undefined);
    },
    note(text) {
      clearStatus();
      err.write(`${text}\n`);
    },
    status(text) {
      if (!errIsTerminal) return;
      clearStatus();
      if (text === '') return;
      err.write(text.slice(0, Math.max(NARROWEST, err.columns ?? 80) - 1));
      statusShown = true;
    },
    get width() {
      return out.isTTY === true ? Math.max(NARROWEST, out.columns ?? 80) : Number.POSITIVE_INFINITY;
    },
    outIsTerminal: out.isTTY === true,
    errIsTerminal,
    interactive: input.isTTY === true && errIsTerminal,
    colour: makeColour(wantsColour(process.env, out.isTTY === true)),
    errColour: makeColour(wantsColour(process.env, errIsTerminal)),
    input,
    errStream: err,
  };
}
