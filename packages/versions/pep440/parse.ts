/** PEP 440. Numbers stay digits: Python's have no upper bound. */
export interface Pep440Version {
  readonly epoch: string;
  /** Without trailing zeros, which have no weight. */
  readonly release: readonly string[];
  readonly pre: { readonly letter: 'a' | 'b' | 'rc'; readonly number: string } | null;
  readonly post: string | null;
  readonly dev: string | null;
  readonly local: readonly string[];
}

/** Everything that PEP 440 normalises is accepted (`v1.0-ALPHA_2.post`), but no surrounding blanks and only ASCII. */
export function parsePep440Version(text: string): Pep440Version | null {
  if (!ASCII.test(text)) return null;
  const match = SHAPE.exec(text.toLowerCase());
  const groups = match?.groups;
  if (groups === undefined) return null;
  return {
    epoch: groups['epoch'] ?? '0',
    release: withoutTrailingZeros((groups['release'] ?? '').split('.')),
    pre: groups['pre'] === undefined ? null : { letter: letterOf(groups['pre']), number: groups['preNumber'] || '0' },
    post: groups['post'] === undefined ? null : (groups['implicit'] ?? groups['postNumber'] ?? '') || '0',
    dev: groups['dev'] === undefined ? null : groups['devNumber'] || '0',
    local: groups['local']?.split(/[-_.]/) ?? [],
  };
}

function letterOf(word: string): 'a' | 'b' | 'rc' {
  if (word.startsWith('a')) return 'a';
  return word.startsWith('b') ? 'b' : 'rc';
}

function withoutTrailingZeros(parts: readonly string[]): readonly string[] {
  let end = parts.length;
  while (end > 1 && /^0+$/.test(parts[end - 1] ?? '')) end -= 1;
  return parts.slice(0, end);
}

const ASCII = /^[\x21-\x7e]+$/;
/** PEP 440, appendix B, in the case that all of it is read in. */
const SHAPE = new RegExp(
  '^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)' +
    '(?:[-_.]?(?<pre>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?<preNumber>[0-9]+)?)?' +
    '(?<post>-(?<implicit>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]+)?)?' +
    '(?<dev>[-_.]?dev[-_.]?(?<devNumber>[0-9]+)?)?' +
    '(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
);
