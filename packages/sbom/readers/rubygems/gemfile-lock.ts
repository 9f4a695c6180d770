import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { fileName } from '../../path-name.ts';
import type { Reader } from '../../reader.ts';

/** Bundler's lock file: under `GEM`, `specs:`, the packages stand four blanks in, what they need six. */
export const gemfileLock: Reader = {
  id: 'rubygems/gemfile-lock',
  files: 'Gemfile.lock, gems.locked',
  matches: (path) => fileName(path) === 'gems.locked' || /^Gemfile[\w.-]*\.lock$/.test(fileName(path)),
  read(bytes, path) {
    const found = new Collector(path);
    let section = '';
    for (const line of textOf(bytes, path).split('\n')) {
      if (/^[A-Z]/.test(line)) section = line.trim();
      const match = /^ {4}(\S+) \(([^)\s]+)\)\s*$/.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) continue;
      if (section === 'GEM') found.add({ type: 'gem', name: match[1], version: withoutPlatform(match[2]) });
      else if (section === 'GIT') found.gap(match[1], 'it comes from a git repository');
    }
    return found.outcome();
  },
};

/** `1.15.4-x86_64-linux`: the platform is not part of the version. */
export function withoutPlatform(version: string): string {
  return version.replace(/-(?:x86|x64|aarch64|arm|java|jruby|universal|mingw|mswin|ruby|powerpc|s390).*$/, '');
}
