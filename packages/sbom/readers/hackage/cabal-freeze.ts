import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

const FILES = /^(?:cabal\.project\.freeze|stack\.yaml\.lock)$/;

/** `any.aeson ==2.1.2.1,` of Cabal, and `hackage: aeson-2.1.2.1@sha256:…` of Stack. */
export const cabalFreeze: Reader = {
  id: 'hackage/cabal-freeze',
  files: 'cabal.project.freeze, stack.yaml.lock',
  matches: (path) => FILES.test(fileName(path)),
  read(bytes, path) {
    const found = new Collector(path);
    const pattern = /(?:any\.([A-Za-z0-9-]+) ==([0-9.]+)|hackage: ([A-Za-z0-9-]+)-([0-9.]+)(?:@|$))/gm;
    for (const [, name, version, other, otherVersion] of textOf(bytes, path).matchAll(pattern))
      found.add({ type: 'hackage', name: name ?? other ?? '', version: version ?? otherVersion ?? '' });
    return found.outcome();
  },
};
