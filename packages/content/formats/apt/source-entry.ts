import { ContentFault, type RepositoryDefinition } from '../../model/index.ts';
import { placeOf } from './place.ts';

/** One repository as an endpoint's configuration states it, sources.list(5). */
export interface ConfiguredSource {
  readonly definition: RepositoryDefinition;
  /** Where its entry begins, from 1. */
  readonly line: number;
  /** Paths of keyrings and fingerprints; empty: the client's usual keyrings. */
  readonly signedBy: readonly string[];
  /** A key written into the configuration itself, armoured. */
  readonly embeddedKey: string | null;
  /** The configuration asks apt to take it without a signature (`trusted=yes`); it is not taken so here. */
  readonly declaredTrusted: boolean;
}

/** One address and suite of an entry, before it is known to be usable. */
export interface RawEntry {
  readonly line: number;
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** By lower-case name, as deb822 names them. */
  readonly options: ReadonlyMap<string, string>;
}

/** What is wrong with an entry, and where. */
export class SourceFault extends Error {
  readonly line: number;
  readonly code: 'malformed' | 'unsupported';
  constructor(line: number, code: SourceFault['code'], message: string) {
    super(message);
    this.line = line;
    this.code = code;
  }
}

/** apt's words (StringToBool). */
const YES = /^(yes|true|with|on|enable|1)$/i;

/** @throws SourceFault */
export function sourceOf(entry: RawEntry, clientArchitectures: readonly string[]): ConfiguredSource {
  const { line, options } = entry;
  const architectures = architecturesOf(entry, clientArchitectures);
  const native = clientArchitectures[0] ?? 'amd64';
  const uri = addressOf(entry.uri.replaceAll('$(ARCH)', native), line);
  const flat = entry.suite.endsWith('/');
  // apt replaces it in flat suites only.
  const suite = flat ? entry.suite.replaceAll('$(ARCH)', native) : entry.suite;
  if (flat && entry.components.length > 0)
    throw new SourceFault(
      line,
      'malformed',
      `suite ${suite} ends in /, so it is a flat repository and has no components`,
    );
  if (!flat && entry.components.length === 0)
    throw new SourceFault(line, 'malformed', `suite ${suite} needs a component, such as main`);
  refuseUnsafe(suite, entry.components, line);
  const signedBy = options.get('signed-by') ?? '';
  const isKey = signedBy.includes('-----BEGIN');
  return {
    definition: {
      format: 'apt',
      uris: [uri],
      mirrorList: null,
      suite,
      components: [...new Set(entry.components)],
      architectures,
      signature: 'metadata',
    },
    line,
    signedBy: isKey ? [] : wordsOf(signedBy),
    embeddedKey: isKey ? signedBy : null,
    declaredTrusted: YES.test(options.get('trusted') ?? ''),
  };
}

/** Of a list: blanks and commas both part them. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** `all` comes along by itself, sources.list(5): Architectures, -Add, -Remove. */
function architecturesOf({ line, options }: RawEntry, client: readonly string[]): readonly string[] {
  const stated = options.get('architectures');
  const removed = new Set(wordsOf(options.get('architectures-remove') ?? ''));
  const named = [
    ...(stated === undefined ? client : wordsOf(stated)),
    ...wordsOf(options.get('architectures-add') ?? ''),
  ].filter((one) => !removed.has(one));
  const wrong = named.find((one) => !/^[a-z0-9][a-z0-9-]{0,31}$/.test(one));
  if (wrong !== undefined) throw new SourceFault(line, 'malformed', `${JSON.stringify(wrong)} is no architecture`);
  return [...new Set(named)].filter((one) => one !== 'all' || named.length === 1);
}

function addressOf(text: string, line: number): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new SourceFault(line, 'malformed', `${JSON.stringify(text)} is no address`);
  const advice = UNSUPPORTED.find(([pattern]) => pattern.test(scheme))?.[1];
  if (advice !== undefined)
    throw new SourceFault(line, 'unsupported', `addresses that begin with ${scheme}: ${advice}`);
  const url = URL.parse(text);
  // The parser of the web's addresses would take `http:/path` for a host.
  if (url === null || !/^https?:\/\/[^/]/i.test(text) || /[\s$]/.test(text) || url.search !== '' || url.hash !== '')
    throw new SourceFault(line, 'malformed', `${JSON.stringify(text)} is no address of a repository`);
  if (url.username !== '' || url.password !== '')
    throw new SourceFault(
      line,
      'unsupported',
      `the address on ${url.host} has a password in it: it would be shown to all who see the repository`,
    );
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/^mirror\b/, "a list of mirrors changes by itself; name the mirrors' own addresses instead"],
  [/^tor\b/, 'the server does not fetch through Tor; name the address without it'],
  [/^(cdrom|file|copy)$/, 'these are files on the endpoint itself, nothing that the server could fetch'],
  [/^(?!https?$)/, 'only http and https are fetched'],
];

/** What could not be fetched is told now, not at the first synchronisation. */
function refuseUnsafe(suite: string, components: readonly string[], line: number): void {
  const strange = [suite, ...components].find((word) => /[%$"[\]\\]/.test(word));
  if (strange !== undefined)
    throw new SourceFault(line, 'unsupported', `${JSON.stringify(strange)} has characters that are not for suites`);
  try {
    placeOf({ suite });
    for (const component of components) placeOf({ suite: `x/${component}` });
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw new SourceFault(line, 'unsupported', error.message);
  }
}
