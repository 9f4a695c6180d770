import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

/** An Elixir map, one package a line: `"name": {:hex, :name, "1.2.3", "digest", …},`. */
export const mixLock: Reader = {
  id: 'hex/mix-lock',
  files: 'mix.lock',
  matches: named('mix.lock'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const line of textOf(bytes, path).split('\n')) {
      const match = /^\s*"([^"]+)":\s*\{:(hex|git),\s*(?::"?([\w.-]+)"?|"[^"]*"),\s*"([^"]+)"/.exec(line);
      if (match?.[1] === undefined || match[4] === undefined) continue;
      if (match[2] === 'hex') found.add({ type: 'hex', name: match[3] ?? match[1], version: match[4] });
      else found.gap(match[1], 'it comes from a git repository');
    }
    return found.outcome();
  },
};
