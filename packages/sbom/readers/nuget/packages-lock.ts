import { Collector } from '../../collector.ts';
import { jsonOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

export const nugetLock: Reader = {
  id: 'nuget/packages-lock',
  files: 'packages.lock.json',
  matches: (path) => /^packages(?:\.[\w-]+)?\.lock\.json$/.test(fileName(path)),
  read(bytes, path) {
    const found = new Collector(path);
    for (const [, framework] of jsonOf(bytes, path).get('dependencies').members)
      for (const [name, entry] of framework.members)
        if (entry.get('type').text !== 'Project')
          found.add({ type: 'nuget', name, version: entry.get('resolved').text ?? '' });
    return found.outcome();
  },
};
