import { endOfDigits, endOfLetters } from '../digits.ts';

/** `version[_revision][,epoch]`, FreeBSD Porter's Handbook 5.2. */
export interface FreebsdVersion {
  /** Digits; `0` when there is none. */
  readonly epoch: string;
  /** Between the plus signs; missing components at the end of a block are zeros. */
  readonly blocks: readonly (readonly FreebsdComponent[])[];
  /** Digits; `0` when there is none. */
  readonly revision: string;
}

/** `12rc3` is the number 12 and the component rc3; `12c3` is one component. */
export interface FreebsdComponent {
  /** Digits, or what is before every number: `none` for a component that begins with a letter, `least` for `*`. */
  readonly number: string;
  /** 0 for none and for `pl`, else the letter's place in the alphabet. */
  readonly letter: number;
  /** Digits, `none` when no number follows the letter, `0` when there is no letter. */
  readonly patch: string;
}

/** A hyphen separates the name of a port from its version, so it can't be in one. */
const FORM = /^([0-9A-Za-z.+*:~]+)(?:_([0-9]+))?(?:,([0-9]+))?$/;

export function parseFreebsdVersion(text: string): FreebsdVersion | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, version = '', revision = '0', epoch = '0'] = match;
  return { epoch, revision, blocks: version.split('+').map(componentsOf) };
}

function componentsOf(block: string): readonly FreebsdComponent[] {
  const components: FreebsdComponent[] = [];
  let index = 0;
  while (index < block.length) {
    const read = componentAt(block, index);
    components.push(read.component);
    index = read.end;
  }
  return components;
}

/** Stages sort by their first letter, `pl` before every letter. */
const STAGES: ReadonlyMap<string, number> = new Map([
  ['pl', 0],
  ['alpha', 1],
  ['beta', 2],
  ['pre', 16],
  ['rc', 18],
]);

interface Read {
  readonly component: FreebsdComponent;
  readonly end: number;
}

/** get_component of pkg's libpkg/pkg_version.c. */
function componentAt(block: string, from: number): Read {
  // What follows the star is part of it.
  if (block.startsWith('*', from)) return { component: { number: 'least', letter: 0, patch: '0' }, end: block.length };
  const numberEnd = endOfDigits(block, from);
  const number = numberEnd === from ? 'none' : block.slice(from, numberEnd);
  const lettersEnd = endOfLetters(block, numberEnd);
  const letters = block.slice(numberEnd, lettersEnd).toLowerCase();
  const stage = STAGES.get(letters);
  // A stage begins a component of its own.
  if (letters === '' || (stage !== undefined && number !== 'none'))
    return { component: { number, letter: 0, patch: '0' }, end: endOfSeparators(block, numberEnd) };
  const patchEnd = endOfDigits(block, lettersEnd);
  const patch = patchEnd === lettersEnd ? 'none' : block.slice(lettersEnd, patchEnd);
  const letter = stage ?? letters.charCodeAt(0) - 96;
  return { component: { number, letter, patch }, end: endOfSeparators(block, patchEnd) };
}

function endOfSeparators(block: string, from: number): number {
  let end = from;
  while (block.startsWith('.', end) || block.startsWith(':', end) || block.startsWith('~', end)) end += 1;
  return end;
}
