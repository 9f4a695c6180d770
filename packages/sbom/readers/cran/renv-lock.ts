import { Collector } from '../../collector.ts';
import { jsonOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

export const renvLock: Reader = {
  id: 'cran/renv-lock',
  files: 'renv.lock',
  matches: named('renv.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const [key, entry] of jsonOf(bytes, path).get('Packages').members)
      found.add({ type: 'cran', name: entry.get('Package').text ?? key, version: entry.get('Version').text ?? '' });
    return found.outcome();
  },
};
