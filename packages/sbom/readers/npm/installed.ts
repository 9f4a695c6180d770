import { Collector } from '../../collector.ts';
import { jsonOf } from '../../parse-text.ts';
import type { Reader } from '../../reader.ts';
import { npmCoordinates } from './coordinates.ts';

const PLACE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/@][^/]*)\/package\.json$/;

/** A package as it lies in node_modules: what really runs, whatever a lock file says. */
export const installedNpm: Reader = {
  id: 'npm/installed',
  files: 'node_modules/*/package.json',
  matches: (path) => PLACE.test(path),
  read(bytes, path) {
    const found = new Collector(path);
    const document = jsonOf(bytes, path);
    const name = document.get('name').text;
    const version = document.get('version').text;
    // Folders such as dist/esm/node_modules/x hold a package.json that only says {"type":"module"}.
    if (name !== null && version !== null) {
      const licence = document.get('license').text;
      found.add(npmCoordinates(name, version), licence === null ? [] : [licence]);
    }
    return found.outcome();
  },
};
