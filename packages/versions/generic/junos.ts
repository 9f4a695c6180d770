import { compareNumberLists } from '../number-lists.ts';

/** Junos `21.4R3-S4.9`, `15.1X53-D592`, `22.3R2-S1-EVO`. */
export interface JunosVersion {
  readonly form: 'junos';
  readonly head: readonly string[];
  /** `r` for releases, `x` for those of one platform. */
  readonly line: string;
  readonly release: string;
  readonly respin: string;
  /** `s` or `d`, empty when there is no service release. */
  readonly service: string;
  readonly serviceNumbers: readonly string[];
  readonly evolved: boolean;
}

const FORM = /^([0-9]+\.[0-9]+)([rx])([0-9]+)(?:\.([0-9]+))?(?:-([sd])([0-9]+(?:\.[0-9]+)?))?(-evo)?$/;

export function parseJunosVersion(text: string): JunosVersion | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, head = '', line = '', release = '', respin = '', service = '', numbers = '', evolved] = match;
  return {
    form: 'junos',
    head: head.split('.'),
    line,
    release,
    respin,
    service,
    serviceNumbers: service === '' ? [] : numbers.split('.'),
    evolved: evolved !== undefined,
  };
}

/** null between Junos and Junos Evolved, between releases and platform lines, and between two platform lines. */
export function compareJunosVersions(a: JunosVersion, b: JunosVersion): -1 | 0 | 1 | null {
  if (a.evolved !== b.evolved || a.line !== b.line) return null;
  if (a.service !== b.service && a.service !== '' && b.service !== '') return null;
  const lines = compareNumberLists([...a.head, a.release], [...b.head, b.release]);
  if (lines !== 0) return a.line === 'x' ? null : lines;
  return compareNumberLists(a.serviceNumbers, b.serviceNumbers) || compareNumberLists([a.respin], [b.respin]);
}
