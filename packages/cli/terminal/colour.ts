/** Colours by meaning, so that no command chooses a code of its own. Without colours each is the identity. */
export interface Colour {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warning(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

/**
 * Whether a stream gets colours: NO_COLOR (https://no-color.org) forbids them, FORCE_COLOR asks for them, else a terminal
 * that is not `dumb` gets them.
 */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '' && force !== '0') return true;
  return isTerminal && env['TERM'] !== 'dumb';
}

export function makeColour(enabled: boolean): Colour {
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      enabled && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    good: paint(32, 39),
    warning: paint(33, 39),
    bad: paint(31, 39),
    accent: paint(36, 39),
  };
}
