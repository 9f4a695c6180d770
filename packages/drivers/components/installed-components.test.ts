import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileTree } from '../file-tree.ts';
import type { Host } from '../host.ts';
import { createLocalHost } from '../local-host.ts';
import { DRIVERS } from '../registry.ts';
import { installedComponents } from './installed-components.ts';

let root: string;
let listed: string[];
let host: Host;
const workspace = { directory: '/work' };
const driver = DRIVERS.find(({ id }) => id === 'apt') ?? fail('there is a driver of apt');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thimble-components-'));
  mkdirSync(join(root, 'work'));
  listed = [];
  const local = createLocalHost({ root });
  host = { ...local, tree: async (path) => counting(path, await local.tree(path)) };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Notes which folders' entries are read. */
function counting(path: string, tree: FileTree | null): FileTree | null {
  if (tree === null) return null;
  return {
    open: (...given) => tree.open(...given),
    read: (...given) => tree.read(...given),
    list: (given) => tree.list(given),
    status: (given) => tree.status(given),
    entries: (given) => {
      listed.push(join(path, given));
      return tree.entries(given);
    },
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  };
}

function put(path: string, content: string | object, ageMs = 60_000): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  settle(path, ageMs);
}

/** As if nothing had changed lately, up to the root. */
function settle(path: string, ageMs = 60_000): void {
  const at = new Date(Date.now() - ageMs);
  for (let each = join(root, path); each !== root; each = dirname(each)) utimesSync(each, at, at);
}

async function look(folders?: readonly string[]) {
  const found = await installedComponents(host, driver, workspace, folders);
  if (found === null) throw new Error('the tree can be looked through');
  return found;
}
const purls = async (folders?: readonly string[]) => (await look(folders)).components.map(({ purl }) => purl);

describe('installed language packages', () => {
  it('are found where they run, once, with their places', async () => {
    put('srv/app/node_modules/lodash/package.json', { name: 'lodash', version: '4.17.20' });
    put('srv/app/node_modules/a/node_modules/lodash/package.json', { name: 'lodash', version: '4.17.20' });
    put('srv/app/node_modules/a/package.json', { name: 'a', version: '1.0.0' });
    put('srv/app/node_modules/@scope/b/package.json', { name: '@scope/b', version: '2.0.0' });
    put('opt/pnpm/node_modules/.pnpm/c@3.0.0/node_modules/c/package.json', { name: 'c', version: '3.0.0' });
    put(
      'opt/venv/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA',
      'Name: requests\nVersion: 2.31.0\n',
    );
    put('usr/local/lib/python3.11/dist-packages/old.egg-info', 'Name: old\nVersion: 1.0\n');
    put('var/lib/gems/3.1.0/specifications/rack-2.2.4.gemspec', 'ruby');
    put('var/www/shop/vendor/composer/installed.json', { packages: [{ name: 'a/b', version: 'v1.2.3' }] });
    expect((await look()).components).toEqual([
      { purl: 'pkg:composer/a/b@1.2.3', place: 'host', locations: ['/var/www/shop/vendor/composer'] },
      { purl: 'pkg:gem/rack@2.2.4', place: 'host', locations: ['/var/lib/gems/3.1.0/specifications'] },
      { purl: 'pkg:npm/%40scope/b@2.0.0', place: 'host', locations: ['/srv/app/node_modules/@scope/b'] },
      { purl: 'pkg:npm/a@1.0.0', place: 'host', locations: ['/srv/app/node_modules/a'] },
      { purl: 'pkg:npm/c@3.0.0', place: 'host', locations: ['/opt/pnpm/node_modules/.pnpm/c@3.0.0/node_modules/c'] },
      {
        purl: 'pkg:npm/lodash@4.17.20',
        place: 'host',
        locations: ['/srv/app/node_modules/a/node_modules/lodash', '/srv/app/node_modules/lodash'],
      },
      { purl: 'pkg:pypi/old@1.0', place: 'host', locations: ['/usr/local/lib/python3.11/dist-packages'] },
      { purl: 'pkg:pypi/requests@2.31.0', place: 'host', locations: ['/opt/venv/lib/python3.11/site-packages'] },
    ]);
  });

  it.each([
    ['a lock file, which only says what somebody wanted', 'srv/app/package-lock.json'],
    ['the description of an application itself', 'srv/app/package.json'],
    ['what a package brings for its own tests', 'srv/app/node_modules/a/test/node_modules/x/package.json'],
    ['a container’s storage', 'var/lib/docker/overlay2/1/diff/node_modules/x/package.json'],
    ['people’s homes', 'home/ada/node_modules/x/package.json'],
    ['version control', 'srv/app/.git/node_modules/x/package.json'],
    ['npm’s cache', 'srv/_cacache/node_modules/x/package.json'],
  ])('are not %s', async (_, path) => {
    put(path, {
      name: 'x',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { 'node_modules/x': { version: '1.0.0' } },
    });
    expect(await purls()).toEqual([]);
  });

  it('are looked for where an administrator says', async () => {
    put('home/app/node_modules/x/package.json', { name: 'x', version: '1.0.0' });
    expect(await purls(['/home', '/home/app/', '/nowhere'])).toEqual(['pkg:npm/x@1.0.0']);
  });

  it('of the distribution’s packages are left to its advisories', async () => {
    put('usr/lib/node_modules/npm/package.json', { name: 'npm', version: '10.0.0' });
    put('usr/lib/node_modules/yarn/package.json', { name: 'yarn', version: '1.22.0' });
    put('var/lib/dpkg/info/nodejs.list', '/.\n/usr\n/usr/lib/node_modules/npm/package.json\n');
    expect(await purls()).toEqual(['pkg:npm/yarn@1.22.0']);
  });

  it('behind links are not read: a user’s link to a file of root would be read by root', async () => {
    put('secret', { name: 'secret', version: '1.0.0' });
    put('srv/app/node_modules/x/other', '');
    symlinkSync(join(root, 'secret'), join(root, 'srv/app/node_modules/x/package.json'));
    symlinkSync('/', join(root, 'srv/whole'));
    expect(await look()).toEqual({ components: [], gaps: [] });
  });

  it('whose description is damaged are a gap, which does not quote it', async () => {
    put('srv/app/node_modules/x/package.json', 'root:$6$secret');
    const { components, gaps } = await look();
    expect(components).toEqual([]);
    expect(gaps).toEqual([
      { what: '/srv/app/node_modules/x/package.json', why: 'it is not what its name says (malformed)' },
    ]);
  });

  it('have no control characters in names or places', async () => {
    put('srv/a\nb\u001b[31m/node_modules/x/package.json', { name: 'x', version: '1.0.0' });
    put('srv/app/node_modules/y/package.json', { name: 'y\0', version: '1.0.0' });
    const { components } = await look();
    expect(components).toEqual([
      { purl: 'pkg:npm/x@1.0.0', place: 'host', locations: ['/srv/a b [31m/node_modules/x'] },
    ]);
  });
});

describe('looking again', () => {
  beforeEach(() => {
    put('srv/app/node_modules/x/package.json', { name: 'x', version: '1.0.0' });
    put('srv/other/deep/file', '');
  });

  it('lists no folder that did not change', async () => {
    await look();
    expect(listed).toContain('/srv/app');
    listed.length = 0;
    expect(await purls()).toEqual(['pkg:npm/x@1.0.0']);
    expect(listed.filter((each) => each.startsWith('/srv'))).toEqual([]);
  });

  it('finds what was installed, upgraded and removed meanwhile', async () => {
    await look();
    put('srv/other/node_modules/y/package.json', { name: 'y', version: '1.0.0' }, 30_000);
    put('srv/app/node_modules/x/package.json', { name: 'x', version: '1.0.1' }, 30_000);
    expect(await purls()).toEqual(['pkg:npm/x@1.0.1', 'pkg:npm/y@1.0.0']);
    rmSync(join(root, 'srv/other/node_modules/y'), { recursive: true });
    settle('srv/other/node_modules', 20_000);
    expect(await purls()).toEqual(['pkg:npm/x@1.0.1']);
  });

  it('does not rely on the time of a folder that changed a moment ago', async () => {
    settle('srv/app', 0);
    await look();
    listed.length = 0;
    await look();
    expect(listed).toContain('/srv/app');
  });

  it.each(['{', '[]', '{"format":1,"folders":3,"files":[]}', '{"format":2}'])(
    'begins anew where its memory is %s',
    async (kept) => {
      writeFileSync(join(root, 'work/software-folders.json'), kept);
      expect(await purls()).toEqual(['pkg:npm/x@1.0.0']);
    },
  );
});

function fail(why: string): never {
  throw new Error(why);
}
