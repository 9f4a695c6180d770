import { Collector } from '../../collector.ts';
import { textOf, yamlOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { npmCoordinates } from './coordinates.ts';

/** Yarn's own format of version 1, and the YAML of later ones. */
export const yarnLock: Reader = {
  id: 'npm/yarn-lock',
  files: 'yarn.lock',
  matches: named('yarn.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    const text = textOf(bytes, path);
    if (/^__metadata:/m.test(text)) {
      for (const [key, entry] of yamlOf(bytes, path).members) {
        if (key === '__metadata') continue;
        const resolution = entry.get('resolution').text ?? '';
        const at = resolution.lastIndexOf('@');
        if (!resolution.slice(at).startsWith('@npm:')) continue;
        found.add(npmCoordinates(resolution.slice(0, at), entry.get('version').text ?? ''));
      }
      return found.outcome();
    }
    readVersionOne(text, found);
    return found.outcome();
  },
};

/** Blocks: a line of patterns that ends in a colon at the margin, then indented members. */
function readVersionOne(text: string, found: Collector): void {
  let name = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (!line.startsWith(' ')) {
      name = nameOfPatterns(line);
      continue;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?\s*$/.exec(line)?.[1];
    if (version === undefined || name === '') continue;
    found.add(npmCoordinates(name, version));
    name = '';
  }
}

/** `"@babel/core@^7.0.0", "@babel/core@^7.1.0":`, and aliases `"old@npm:lodash@^4":`. */
function nameOfPatterns(line: string): string {
  const first = (line.split(',')[0] ?? '').trim().replace(/:$/, '').replace(/^"|"$/g, '');
  const alias = first.indexOf('@npm:');
  const pattern = alias > 0 ? first.slice(alias + 5) : first;
  const at = pattern.indexOf('@', 1);
  return at < 0 ? pattern : pattern.slice(0, at);
}
