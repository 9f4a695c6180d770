import { Collector } from '../../collector.ts';
import { tomlOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

export const cargoLock: Reader = {
  id: 'cargo/cargo-lock',
  files: 'Cargo.lock',
  matches: named('Cargo.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const entry of tomlOf(bytes, path).get('package').items) {
      const name = entry.get('name').text;
      const source = entry.get('source').text;
      // Without a source it is a member of the workspace itself.
      if (name === null || source === null) continue;
      if (!/^(registry|sparse)\+/.test(source)) found.gap(name, `it comes from ${source.slice(0, 200)}`);
      else found.add({ type: 'cargo', name, version: entry.get('version').text ?? '' });
    }
    return found.outcome();
  },
};
