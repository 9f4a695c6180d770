import { PassThrough, Readable } from 'node:stream';
import { makeColour, type Terminal } from '../terminal/index.ts';

/** A terminal that remembers what it was told. */
export function listeningTerminal(options: {
  readonly width?: number;
  readonly input?: string;
  readonly interactive?: boolean;
}): {
  readonly terminal: Terminal;
  readonly out: string[];
  readonly notes: string[];
} {
  const out: string[] = [];
  const notes: string[] = [];
  const colour = makeColour(false);
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    outRaw: async (text) => void out.push(text),
    note: (text) => void notes.push(text),
    status: () => undefined,
    width: options.width ?? Number.POSITIVE_INFINITY,
    outIsTerminal: false,
    errIsTerminal: false,
    interactive: options.interactive === true,
    colour,
    errColour: colour,
    input: Readable.from([options.input ?? '']),
    errStream: new PassThrough(),
  };
  return { terminal, out, notes };
}
