import ICAL from 'ical.js';

/** A component of RFC 5545 section 3.6, with those of its properties that say when something is. */
export interface IcsComponent {
  /** Upper case. */
  readonly name: string;
  readonly properties: readonly IcsProperty[];
  readonly children: readonly IcsComponent[];
  /** Lines of it that could not be read, as they begin. */
  readonly unreadable: readonly string[];
}

export interface IcsProperty {
  /** Upper case. */
  readonly name: string;
  readonly tzid: string | null;
  /** As it stands in the file. */
  readonly written: string;
  /** `date`, `date-time`, `period`, ... and values as in RFC 7265 (jCal). */
  readonly type: string;
  readonly values: readonly unknown[];
}

export type IcsComponents =
  | { readonly ok: true; readonly components: readonly IcsComponent[] }
  | { readonly ok: false; readonly problem: string };

/** A calendar of a large company over ten years has 2 MB. */
const MAX_CHARACTERS = 4_000_000;
const MAX_COMPONENTS = 20_000;
/** Calendar, time zone or event, alarm, and one more. */
const MAX_DEPTH = 4;
/** Thousands of dates of exceptions fit; the library's time for a line's parameters grows with the square of their number. */
const MAX_LINE_CHARACTERS = 65_536;
/** Everything else, whatever is in it, has nothing to do with when something is. */
const PROPERTIES =
  /^(METHOD|UID|SUMMARY|STATUS|TRANSP|DTSTART|DTEND|DURATION|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID|TZID|TZOFFSETFROM|TZOFFSETTO)[;:]/i;

/** The components of a file, outermost first. Lines are read by ical.js one at a time, so that a bad one spoils only its own component. */
export function icsComponents(text: string): IcsComponents {
  if (text.length > MAX_CHARACTERS) return problem(`it is longer than ${MAX_CHARACTERS} characters`);
  const root = open('');
  const path = [root];
  let count = 0;
  for (const line of unfolded(text)) {
    const inner = path.at(-1) ?? root;
    const [, edge, name] = /^(BEGIN|END):([A-Z0-9-]{1,60})\s*$/i.exec(line) ?? [];
    if (edge === undefined || name === undefined) {
      if (PROPERTIES.test(line)) read(line, inner);
    } else if (edge.toUpperCase() === 'END') {
      if (inner.name !== name.toUpperCase()) return problem(`END:${name} has no BEGIN`);
      path.pop();
    } else {
      if (++count > MAX_COMPONENTS) return problem(`it has more than ${MAX_COMPONENTS} components`);
      if (path.length > MAX_DEPTH) return problem(`its components are nested deeper than ${MAX_DEPTH}`);
      const child = open(name.toUpperCase());
      inner.children.push(child);
      path.push(child);
    }
  }
  const last = path.at(-1);
  return last === root ? { ok: true, components: root.children } : problem(`BEGIN:${last?.name} has no END`);
}

/** Still being read. */
interface OpenComponent extends IcsComponent {
  readonly properties: IcsProperty[];
  readonly children: OpenComponent[];
  readonly unreadable: string[];
}

function open(name: string): OpenComponent {
  return { name, properties: [], children: [], unreadable: [] };
}

/** RFC 5545 section 3.1: a line that begins with a blank goes on with the one before. */
function unfolded(text: string): readonly string[] {
  return text
    .replace(/^\u{FEFF}/u, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/);
}

function read(line: string, component: OpenComponent): void {
  const property = line.length > MAX_LINE_CHARACTERS ? null : propertyOf(line);
  if (property === null) component.unreadable.push(line.slice(0, 60));
  else component.properties.push(property);
}

function propertyOf(line: string): IcsProperty | null {
  let parsed: unknown;
  try {
    parsed = ICAL.parse.property(line);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  const [name, parameters, type, ...values]: readonly unknown[] = parsed;
  if (typeof name !== 'string' || typeof type !== 'string') return null;
  return {
    name: name.toUpperCase(),
    tzid: tzidOf(parameters),
    written: line.slice(line.indexOf(':') + 1).trim(),
    type,
    values,
  };
}

function tzidOf(parameters: unknown): string | null {
  if (typeof parameters !== 'object' || parameters === null || !('tzid' in parameters)) return null;
  return typeof parameters.tzid === 'string' ? parameters.tzid : null;
}

function problem(message: string): IcsComponents {
  return { ok: false, problem: message };
}
