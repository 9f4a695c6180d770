import { Collector } from '../../collector.ts';
import { textOf } from '../../parse-text.ts';
import { named } from '../../path-name.ts';
import { SbomError, type Reader } from '../../reader.ts';

/** META-INF/maven/GROUP/ARTIFACT/pom.properties: what a jar says of itself. */
export const pomProperties: Reader = {
  id: 'maven/pom-properties',
  files: 'pom.properties',
  matches: named('pom.properties'),
  read(bytes, path) {
    const text = textOf(bytes, path);
    const value = (key: string) => new RegExp(`^${key}\\s*[=:]\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1];
    const [namespace, name, version] = [value('groupId'), value('artifactId'), value('version')];
    if (namespace === undefined || name === undefined || version === undefined)
      throw new SbomError('malformed', `${path} states no group, artifact and version`);
    const found = new Collector(path);
    found.add({ type: 'maven', namespace, name, version });
    return found.outcome();
  },
};
