import { Collector } from '../../collector.ts';
import type { Coordinates } from '../../package-url.ts';
import { textOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

/** go.mod (go.dev/ref/mod): since Go 1.17 it lists the whole build list; replacements are followed. */
export const goMod: Reader = {
  id: 'golang/go-mod',
  files: 'go.mod',
  matches: named('go.mod'),
  read(bytes, path) {
    const found = new Collector(path);
    const required = new Map<string, string>();
    const replaced = new Map<string, { readonly name: string; readonly version: string | null }>();
    let block = '';
    for (const raw of textOf(bytes, path).split('\n')) {
      const line = raw.replace(/\/\/.*$/, '').trim();
      if (line === '') continue;
      if (line === ')') {
        block = '';
        continue;
      }
      const opening = /^(require|replace|exclude|retract)\s*\($/.exec(line)?.[1];
      if (opening !== undefined) {
        block = opening;
        continue;
      }
      const [, keyword, rest] = block === '' ? (/^(\w+)\s+(.+)$/.exec(line) ?? []) : ['', block, line];
      if (keyword === 'require') addRequirement(rest ?? '', required);
      if (keyword === 'replace') addReplacement(rest ?? '', replaced);
      if (keyword === 'toolchain' && rest !== undefined) addToolchain(rest, found);
    }
    for (const [name, version] of required) {
      const other = replaced.get(`${name}@${version}`) ?? replaced.get(name);
      if (other === undefined) found.add(goCoordinates(name, version));
      else if (other.version === null) found.gap(name, `it is replaced by the folder ${other.name}`);
      else found.add(goCoordinates(other.name, other.version));
    }
    return found.outcome();
  },
};

export function goCoordinates(module: string, version: string): Coordinates {
  const slash = module.lastIndexOf('/');
  return slash < 0
    ? { type: 'golang', name: module, version }
    : { type: 'golang', namespace: module.slice(0, slash), name: module.slice(slash + 1), version };
}

function addRequirement(text: string, required: Map<string, string>): void {
  const [name, version] = text.split(/\s+/).map(unquoted);
  if (name !== undefined && version !== undefined) required.set(name, version);
}

function addReplacement(text: string, replaced: Map<string, { name: string; version: string | null }>): void {
  const [from = '', to = ''] = text.split(/\s+=>\s+/);
  const [oldName, oldVersion] = from.split(/\s+/).map(unquoted);
  const [name, version] = to.split(/\s+/).map(unquoted);
  if (oldName === undefined || name === undefined) return;
  replaced.set(oldVersion === undefined ? oldName : `${oldName}@${oldVersion}`, { name, version: version ?? null });
}

/** The standard library has advisories of its own. */
function addToolchain(text: string, found: Collector): void {
  const version = /^go(\d+\.\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (version !== undefined) found.add({ type: 'golang', name: 'stdlib', version });
}

function unquoted(text: string): string {
  return text.replace(/^["`]|["`]$/g, '');
}
