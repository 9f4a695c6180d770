import { Collector } from '../../collector.ts';
import { jsonOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

/** What a published .NET application brings with it. */
export const depsJson: Reader = {
  id: 'nuget/deps-json',
  files: '*.deps.json',
  matches: (path) => fileName(path).endsWith('.deps.json'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const [key, entry] of jsonOf(bytes, path).get('libraries').members) {
      const slash = key.lastIndexOf('/');
      if (entry.get('type').text === 'package' && slash > 0)
        found.add({ type: 'nuget', name: key.slice(0, slash), version: key.slice(slash + 1) });
    }
    return found.outcome();
  },
};
