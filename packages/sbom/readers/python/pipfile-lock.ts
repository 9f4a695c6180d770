import { Collector } from '../../collector.ts';
import { jsonOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { pypiCoordinates } from './coordinates.ts';

export const pipfileLock: Reader = {
  id: 'python/pipfile-lock',
  files: 'Pipfile.lock',
  matches: named('Pipfile.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    const document = jsonOf(bytes, path);
    for (const section of ['default', 'develop'])
      for (const [name, entry] of document.get(section).members)
        found.add(pypiCoordinates(name, (entry.get('version').text ?? '').replace(/^===?/, '')));
    return found.outcome();
  },
};
