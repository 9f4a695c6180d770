import { Collector } from '../../collector.ts';
import { tomlOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';
import { pypiCoordinates } from './coordinates.ts';

/** Poetry, PDM, uv, and the standard lock file (PEP 751): all of them list tables of name and version. */
export const pythonTomlLock: Reader = {
  id: 'python/toml-lock',
  files: 'poetry.lock, pdm.lock, uv.lock, pylock.toml',
  matches: (path) => /^(?:poetry\.lock|pdm\.lock|uv\.lock|pylock(?:\.[^.]+)?\.toml)$/.test(fileName(path)),
  read(bytes, path) {
    const found = new Collector(path);
    const document = tomlOf(bytes, path);
    for (const entry of [...document.get('package').items, ...document.get('packages').items]) {
      const source = entry.get('source');
      // uv lists the project itself, and what is worked on beside it.
      if (['editable', 'virtual', 'directory', 'path'].some((kind) => source.get(kind).exists)) continue;
      const name = entry.get('name').text;
      if (name !== null) found.add(pypiCoordinates(name, entry.get('version').text ?? ''));
    }
    return found.outcome();
  },
};
