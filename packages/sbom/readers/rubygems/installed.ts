import { Collector } from '../../collector.ts';
import type { Reader } from '../../reader.ts';
import { withoutPlatform } from './gemfile-lock.ts';

const PLACE = /(?:^|\/)specifications\/(?:default\/)?([^/]+?)-(\d[^/]*)\.gemspec$/;

/** An installed gem: its specification's file name says all. */
export const installedGem: Reader = {
  id: 'rubygems/installed',
  files: 'specifications/*.gemspec',
  matches: (path) => PLACE.test(path),
  read(_bytes, path) {
    const found = new Collector(path);
    const match = PLACE.exec(path);
    if (match?.[1] !== undefined && match[2] !== undefined)
      found.add({ type: 'gem', name: match[1], version: withoutPlatform(match[2]) });
    return found.outcome();
  },
};
