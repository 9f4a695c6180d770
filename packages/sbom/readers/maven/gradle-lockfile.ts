import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

export const gradleLockfile: Reader = {
  id: 'maven/gradle-lockfile',
  files: 'gradle.lockfile, buildscript-gradle.lockfile',
  matches: (path) => fileName(path).endsWith('gradle.lockfile'),
  read(bytes, path) {
    const found = new Collector(path);
    for (const line of textOf(bytes, path).split('\n')) {
      const match = /^([^:#=\s]+):([^:=\s]+):([^:=\s]+)=/.exec(line.trim());
      if (match?.[1] !== undefined && match[2] !== undefined && match[3] !== undefined)
        found.add({ type: 'maven', namespace: match[1], name: match[2], version: match[3] });
    }
    return found.outcome();
  },
};
