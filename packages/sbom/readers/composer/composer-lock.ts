import { Collector } from '../../collector.ts';
import { jsonOf, type Node } from '../../parse-text.ts';
import type { Reader } from '../../reader.ts';

const PLACE = /(?:^|\/)(?:composer\.lock|vendor\/composer\/installed\.json)$/;

export const composerLock: Reader = {
  id: 'composer/composer-lock',
  files: 'composer.lock, vendor/composer/installed.json',
  matches: (path) => PLACE.test(path),
  read(bytes, path) {
    const found = new Collector(path);
    const document = jsonOf(bytes, path);
    // The first Composer wrote installed.json as a bare list.
    for (const entry of [...document.items, ...document.get('packages').items, ...document.get('packages-dev').items])
      add(found, entry);
    return found.outcome();
  },
};

function add(found: Collector, entry: Node): void {
  const [vendor, name] = (entry.get('name').text ?? '').toLowerCase().split('/');
  if (vendor === undefined || name === undefined) return;
  const version = entry.get('version').text ?? '';
  if (/^dev-|-dev$/.test(version)) return found.gap(`${vendor}/${name}`, `${version} is a branch, not a version`);
  const licences = entry.get('license').items.flatMap((each) => each.text ?? []);
  found.add({ type: 'composer', namespace: vendor, name, version: version.replace(/^v(?=\d)/, '') }, licences);
}
