import { readDeb822 } from './sources-deb822.ts';
import { readOneLine } from './sources-one-line.ts';
import { type ConfiguredSource, type RawEntry, sourceOf, SourceFault } from './source-entry.ts';

export interface SourcesFault {
  readonly line: number;
  /** `unsupported`: apt can use it, a snapshot cannot be made of it. */
  readonly code: 'malformed' | 'unsupported';
  readonly message: string;
}

export interface ParsedSources {
  readonly sources: readonly ConfiguredSource[];
  readonly faults: readonly SourcesFault[];
}

/** A sources file of 1 MB has 10,000 repositories: nobody's has. */
const TEXT_LIMIT_CHARACTERS = 1024 * 1024;
const SOURCES_LIMIT = 1000;

/**
 * What a sources.list or a .sources file configures: an entry for each address and suite, those that differ only in components as one, as
 * apt sees them. deb-src and what is switched off are passed over. apt refuses a whole file for one malformed entry; here the
 * others count, and the fault is told.
 *
 * @param architectures of the client (`dpkg --print-architecture`, then the foreign ones), for entries that name none
 */
export function parseSources(text: string, architectures: readonly string[]): ParsedSources {
  if (text.length > TEXT_LIMIT_CHARACTERS)
    return {
      sources: [],
      faults: [{ line: 1, code: 'malformed', message: `this is larger than ${TEXT_LIMIT_CHARACTERS} characters` }],
    };
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const isOneLine = lines.some((line) => /^\s*deb(-src)?\s/.test(line));
  const sources = new Map<string, ConfiguredSource>();
  const faults: SourcesFault[] = [];
  for (const entry of isOneLine ? readOneLine(lines) : readDeb822(lines)) {
    if (entry instanceof SourceFault) faults.push(faultAt(entry));
    else add(entry, architectures, sources, faults);
    if (sources.size > SOURCES_LIMIT) {
      faults.push({
        line: entry.line,
        code: 'malformed',
        message: `there are more than ${SOURCES_LIMIT} repositories`,
      });
      break;
    }
  }
  return { sources: [...sources.values()].slice(0, SOURCES_LIMIT), faults };
}

function add(
  entry: RawEntry,
  architectures: readonly string[],
  sources: Map<string, ConfiguredSource>,
  faults: SourcesFault[],
): void {
  try {
    const found = sourceOf(entry, architectures);
    const { uris, suite, architectures: own, components } = found.definition;
    const key = JSON.stringify([uris, suite, own, found.signedBy, found.embeddedKey, found.declaredTrusted]);
    const known = sources.get(key);
    if (known === undefined) sources.set(key, found);
    else {
      const all = [...new Set([...known.definition.components, ...components])];
      sources.set(key, { ...known, definition: { ...known.definition, components: all } });
    }
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    faults.push(faultAt(error));
  }
}

function faultAt({ line, code, message }: SourceFault): SourcesFault {
  return { line, code, message };
}
