import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** npm's packages are what this machine can certainly reach; this one carries osquery's own binary. */
const PACKAGE = '@cdxgen/cdxgen-plugins-bin-linux-amd64';
const VERSION = '4.1.1';
const INSTALL_DEADLINE_MS = 180_000;

/** Peers are kept here between runs, outside of the checkout. */
export function benchCacheFolder(environment: NodeJS.ProcessEnv, uid: number | undefined): string {
  const given = environment['THIMBLE_BENCH_CACHE'];
  if (given !== undefined && given !== '') return given;
  if (uid === 0) return '/var/cache/thimble-bench';
  return join(environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache'), 'thimble-bench');
}

export type Osquery = { readonly path: string } | { readonly missing: string };

/** osqueryi from the cache, installed by npm into it first if need be. Nothing of the package is executed to install it. */
export async function findOsquery(say: (line: string) => void, signal: AbortSignal): Promise<Osquery> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'its package is for x86_64 only' };
  const folder = join(benchCacheFolder(process.env, process.getuid?.()), 'osquery');
  const plugins = join(folder, 'node_modules', PACKAGE, 'plugins', 'osquery');
  if (!existsSync(plugins)) {
    say(`   installing ${PACKAGE}@${VERSION} into ${folder} ...`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const failure = await install(folder, signal);
    if (failure !== null) return { missing: failure };
  }
  const name = existsSync(plugins) ? readdirSync(plugins).find((each) => each.startsWith('osqueryi')) : undefined;
  return name === undefined ? { missing: `${PACKAGE} holds no osqueryi` } : { path: join(plugins, name) };
}

async function install(folder: string, signal: AbortSignal): Promise<string | null> {
  const argv = ['install', `${PACKAGE}@${VERSION}`, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', argv, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    timeout: INSTALL_DEADLINE_MS,
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0 ? null : `npm could not install it: ${errors.trim().split('\n')[0] ?? ''}`;
  } catch (error) {
    return `npm could not install it: ${String(error)}`;
  }
}
