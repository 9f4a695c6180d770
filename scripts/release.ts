/**
 * Publishes the agent's executables in a TUF repository, which any server can serve and no server can forge. Keys are
 * files that are named on the command line and lie elsewhere; docs/agent-updates.md tells who keeps which.
 *
 *     node scripts/release.ts key FILE
 *     node scripts/release.ts root REPOSITORY --root-key FILE.. --threshold N --targets-key FILE --snapshot-key FILE --timestamp-key FILE
 *     node scripts/release.ts sign REPOSITORY --root-key FILE..
 *     node scripts/release.ts add REPOSITORY PROGRAM.. --targets-key FILE --snapshot-key FILE --timestamp-key FILE
 *     node scripts/release.ts timestamp REPOSITORY --timestamp-key FILE [--snapshot-key FILE]
 */
import { parseArgs } from 'node:util';
import { makeKey, readKey, type ReleaseKey } from './release/keys.ts';
import { addPrograms, publishSnapshot, publishTimestamp, signRoot, stageRoot } from './release/repository.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'root-key': { type: 'string', multiple: true, default: [] },
    threshold: { type: 'string', default: '2' },
    'targets-key': { type: 'string' },
    'snapshot-key': { type: 'string' },
    'timestamp-key': { type: 'string' },
  },
});
const [command, place, ...files] = positionals;
const now = new Date();

async function key(name: 'targets-key' | 'snapshot-key' | 'timestamp-key'): Promise<ReleaseKey> {
  const file = values[name];
  if (file === undefined) throw new Error(`--${name} is needed`);
  return readKey(file);
}

const rootKeys = (): Promise<ReleaseKey[]> => Promise.all(values['root-key'].map(readKey));

async function onlineKeys() {
  const [targets, snapshot, timestamp] = await Promise.all([
    key('targets-key'),
    key('snapshot-key'),
    key('timestamp-key'),
  ]);
  return { targets, snapshot, timestamp };
}

function tell(missing: string | null): void {
  console.log(missing === null ? 'The root is published.' : `The root is staged: ${missing}.`);
}

async function run(folder: string): Promise<void> {
  switch (command) {
    case 'key':
      return makeKey(folder);
    case 'root': {
      const root = await rootKeys();
      const threshold = Number(values.threshold);
      if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= root.length))
        throw new Error(`--threshold is a number from 1 to the ${root.length} keys of root`);
      return tell(await stageRoot(folder, { root, threshold, ...(await onlineKeys()) }, now));
    }
    case 'sign':
      return tell(await signRoot(folder, await rootKeys()));
    case 'add':
      if (files.length === 0) throw new Error('which programs?');
      return addPrograms(folder, files, await onlineKeys(), now);
    case 'timestamp': {
      const timestamp = await key('timestamp-key');
      if (values['snapshot-key'] === undefined) return publishTimestamp(folder, { timestamp }, now);
      return publishSnapshot(folder, { snapshot: await key('snapshot-key'), timestamp }, now);
    }
    default:
      throw new Error(`there is no ${String(command)}: key, root, sign, add, timestamp`);
  }
}

try {
  if (place === undefined) throw new Error('name a command and a place');
  await run(place);
} catch (error) {
  console.error(`release: ${(error as Error).message}`);
  process.exitCode = 1;
}
