import { compareNumberLists, differInWrittenNumbers } from '../number-lists.ts';

/** IOS `15.2(7)E3`, NX-OS `7.0(3)I7(9)`, ASA `9.16(4)48`, Unified CM `11.5(1.22900.28)` and `12.5(1)SU8`. */
export interface CiscoVersion {
  readonly form: 'cisco';
  readonly head: readonly string[];
  readonly maintenance: readonly string[];
  readonly maintenanceLetter: string;
  /** The line of releases, for example `e`; empty when there is none. */
  readonly train: string;
  readonly rebuild: string;
  readonly rebuildLetter: string;
  readonly inner: string;
  readonly innerLetter: string;
}

const FORM =
  /^([0-9]+\.[0-9]+)\(([0-9]+(?:\.[0-9]+)*)([a-z]?)\)([a-z]{1,4})?([0-9]*)([a-z]?)(?:\(([0-9]+)([a-z]?)\))?$/;

/** Updates of the release before them, not lines of their own: service update, engineering special, service release. */
const UPDATES: ReadonlySet<string> = new Set(['su', 'es', 'sr']);

export function parseCiscoVersion(text: string): CiscoVersion | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, head = '', maintenance = '', maintenanceLetter = '', train = '', ...rest] = match;
  const [rebuild, rebuildLetter, inner, innerLetter] = rest;
  return {
    form: 'cisco',
    head: head.split('.'),
    maintenance: maintenance.split('.'),
    maintenanceLetter,
    train,
    rebuild: rebuild ?? '',
    rebuildLetter: rebuildLetter ?? '',
    inner: inner ?? '',
    innerLetter: innerLetter ?? '',
  };
}

/** null between two trains: 15.2(7)E3 and 15.3(1)S fork from each other, neither contains the other's fixes. */
export function compareCiscoVersions(a: CiscoVersion, b: CiscoVersion): -1 | 0 | 1 | null {
  if (a.train !== b.train && !isUpdate(a, b) && !isUpdate(b, a)) return null;
  const heads = compareNumberLists(a.head, b.head);
  if (heads !== 0) return heads;
  const maintenance = compareNumberLists(a.maintenance, b.maintenance);
  if (maintenance !== 0) {
    // 11.5(1.22900.28) is a build of 11.5(1), which tells nothing about 11.5(1)SU3.
    const plain = isPlain(a) && isPlain(b);
    return plain || differInWrittenNumbers(a.maintenance, b.maintenance) ? maintenance : null;
  }
  return (
    compareTexts(a.maintenanceLetter, b.maintenanceLetter) ||
    compareTexts(a.train, b.train) ||
    compareNumberLists([a.rebuild], [b.rebuild]) ||
    compareTexts(a.rebuildLetter, b.rebuildLetter) ||
    compareNumberLists([a.inner], [b.inner]) ||
    compareTexts(a.innerLetter, b.innerLetter)
  );
}

function isUpdate(a: CiscoVersion, b: CiscoVersion): boolean {
  return UPDATES.has(a.train) && b.train === '' && b.rebuild === '';
}

/** Nothing but numbers. */
function isPlain({ maintenanceLetter, train, rebuild }: CiscoVersion): boolean {
  return maintenanceLetter === '' && train === '' && rebuild === '';
}

function compareTexts(a: string, b: string): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1;
}
