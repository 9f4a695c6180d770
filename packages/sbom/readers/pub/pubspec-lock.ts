import { Collector } from '../../collector.ts';
import { yamlOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

export const pubspecLock: Reader = {
  id: 'pub/pubspec-lock',
  files: 'pubspec.lock',
  matches: named('pubspec.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const [name, entry] of yamlOf(bytes, path).get('packages').members)
      if (entry.get('source').text === 'hosted')
        found.add({ type: 'pub', name, version: entry.get('version').text ?? '' });
    return found.outcome();
  },
};
