import { Collector } from '../../collector.ts';
import { yamlOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { npmCoordinates } from './coordinates.ts';

/** pnpm-lock.yaml of versions 5 (`/name/1.2.3`), 6 (`/name@1.2.3`) and 9 (`name@1.2.3`). */
export const pnpmLock: Reader = {
  id: 'npm/pnpm-lock',
  files: 'pnpm-lock.yaml',
  matches: named('pnpm-lock.yaml'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const [key, entry] of yamlOf(bytes, path).get('packages').members) {
      const place = splitKey(key);
      const name = entry.get('name').text ?? place?.name;
      const version = entry.get('version').text ?? place?.version;
      if (name === undefined || version === undefined || /[/:]/.test(version))
        found.gap(key, 'it does not come from a registry: advisories do not name it');
      else found.add(npmCoordinates(name, version));
    }
    return found.outcome();
  },
};

/** `/@babel/core/7.24.0_react@18.0.0`: the peers stand behind an underscore. */
const VERSION_FIVE = /^\/((?:@[^/]+\/)?[^/@]+)\/(\d[^_/(]*)(?:_.*)?$/s;

function splitKey(key: string): { readonly name: string; readonly version: string } | null {
  const old = VERSION_FIVE.exec(key);
  if (old?.[1] !== undefined && old[2] !== undefined) return { name: old[1], version: old[2] };
  // Peers stand behind the version in brackets.
  const plain = key.replace(/^\//, '').replace(/\(.*$/s, '');
  const at = plain.lastIndexOf('@');
  return at > 0 ? { name: plain.slice(0, at), version: plain.slice(at + 1) } : null;
}
