import { formatDuration, type Terminal } from '../terminal/index.ts';

/** A line for a part of the start that is done, and how long it took. */
export function tellDone(terminal: Terminal, title: string, tookMs: number, detail = ''): void {
  const { errColour } = terminal;
  const took = formatDuration(tookMs);
  terminal.note(
    `${errColour.good('✓')} ${title.padEnd(26)} ${errColour.dim(detail === '' ? took : `${took}, ${detail}`)}`,
  );
}

/** A part without which the rest still works: its failure is told and the start goes on. */
export function tellTrouble(terminal: Terminal, title: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  terminal.note(`${terminal.errColour.warning('!')} ${title}: ${message}`);
}
