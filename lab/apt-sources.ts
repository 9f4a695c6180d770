import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';

/** One `deb` entry of sources.list(5), in either of its two formats. */
export type AptSource = {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
};

/** The mirror that this machine uses itself, so that the lab needs no address of its own. */
export type MachineMirror = {
  readonly archiveUrl: string;
  readonly securityUrl: string;
  readonly keyring: string;
};

const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Throws LabError `apt-sources` when no entry of this machine names a Debian archive. */
export function machineMirror(folder = '/etc/apt'): MachineMirror {
  const sources = readAptSources(folder);
  const archive = sources.find((source) => /\/debian\/?$/.test(source.uri) && source.components.includes('main'));
  if (archive === undefined) {
    throw new LabError('apt-sources', `${folder} names no Debian archive (a URI that ends in /debian)`);
  }
  const archiveUrl = archive.uri.replace(/\/$/, '');
  const security = sources.find((source) => /\/debian-security\/?$/.test(source.uri));
  const named = archive.signedBy?.startsWith('/') === true ? archive.signedBy : DEBIAN_KEYRING;
  return {
    archiveUrl,
    securityUrl: security?.uri.replace(/\/$/, '') ?? `${archiveUrl}-security`,
    keyring: existsSync(named) ? named : DEBIAN_KEYRING,
  };
}

export function readAptSources(folder: string): readonly AptSource[] {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list')];
  if (existsSync(parts))
    files.push(
      ...readdirSync(parts)
        .sort()
        .map((name) => join(parts, name)),
    );
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const content = readFileSync(file, 'utf8');
      if (file.endsWith('.sources')) return parseDeb822Sources(content);
      return file.endsWith('.list') ? parseOneLineSources(content) : [];
    });
}

/** `deb [option=value ...] uri suite [component ...]`, one a line; sources.list(5), ONE-LINE-STYLE FORMAT. */
export function parseOneLineSources(content: string): readonly AptSource[] {
  return content.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1];
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** Stanzas of `Field: value`; sources.list(5), DEB822-STYLE FORMAT. A disabled stanza and `deb-src` give nothing. */
export function parseDeb822Sources(content: string): readonly AptSource[] {
  return content.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let name = '';
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue;
      const start = /^([A-Za-z][A-Za-z-]*):(.*)$/.exec(line);
      if (start !== null) name = (start[1] ?? '').toLowerCase();
      const value = start === null ? line : (start[2] ?? '');
      if (name !== '') fields.set(name, `${fields.get(name) ?? ''} ${value.trim()}`.trim());
    }
    if (fields.get('enabled')?.toLowerCase() === 'no' || !words(fields.get('types') ?? '').includes('deb')) return [];
    const components = words(fields.get('components') ?? '');
    const signedBy = fields.get('signed-by');
    return words(fields.get('uris') ?? '').flatMap((uri) =>
      words(fields.get('suites') ?? '').map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
