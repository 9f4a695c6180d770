import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { pypiCoordinates } from './coordinates.ts';

const PINNED = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*={2,3}\s*([A-Za-z0-9.+!_-]+)\s*(?:;.*)?$/;
const NAMED = /^([A-Za-z0-9][A-Za-z0-9._-]*)/;

/** pip's requirements files: only what is pinned says which version is there. */
export const requirements: Reader = {
  id: 'python/requirements',
  files: 'requirements*.txt',
  matches: (path) => /^(?:requirements[\w.-]*|[\w.-]*requirements)\.txt$/.test(fileName(path)),
  read(bytes, path) {
    const found = new Collector(path);
    const joined = textOf(bytes, path).replace(/\\\r?\n/g, ' ');
    for (const raw of joined.split('\n')) {
      const line = raw
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s--hash[= ]\S+/g, '')
        .trim();
      if (line === '' || line.startsWith('-')) continue;
      const pinned = PINNED.exec(line);
      if (pinned?.[1] !== undefined && pinned[2] !== undefined) found.add(pypiCoordinates(pinned[1], pinned[2]));
      else found.gap(NAMED.exec(line)?.[1] ?? line.slice(0, 100), 'it is not pinned to one version with ==');
    }
    return found.outcome();
  },
};
