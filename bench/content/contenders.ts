import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs } from '../fleet/process-usage.ts';
import { freePort } from './free-port.ts';
import type { PeerPrograms } from './peer-programs.ts';
import { pinned, SERVER_PROCESSOR } from './processors.ts';
import type { ServeOrder } from './serve-process.ts';

const START_MS = 30_000;
const STOP_MS = 20_000;

/** A server under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: 'thimble' | 'nginx' | 'apt-cacher-ng';
  /** Before which a file's path is put, without a slash at its end. */
  readonly plain: string;
  /** null: it has none. */
  readonly tls: string | null;
  /** Of all its processes. */
  readonly processorMs: () => number;
}

export const REVISION = '01900000-0000-7000-8000-00000000000a';

export async function startThimble(order: ServeOrder): Promise<Contender> {
  const flags = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'serve-process.ts')];
  const child = start([process.execPath, ...flags, JSON.stringify(order)], {});
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_MS);
  const [line] = (await once(lines, 'line', { signal })) as [string];
  const { port } = JSON.parse(line) as { readonly port: number };
  const below = `127.0.0.1:${port}/content/revisions/${REVISION}`;
  return contender('thimble', child, `http://${below}`, `https://${below}`);
}

/** One worker, sendfile, and otherwise as Debian has it; no log. */
export async function startNginx(
  programs: PeerPrograms,
  folder: string,
  files: string,
  tls: { readonly certificatePath: string; readonly keyPath: string },
): Promise<Contender> {
  await mkdir(folder, { recursive: true });
  const [port, securePort] = [await freePort(), await freePort()];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  await writeFile(
    join(folder, 'nginx.conf'),
    `user root; worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temporary}
  default_type application/vnd.debian.binary-package;
  server { listen 127.0.0.1:${port}; listen 127.0.0.1:${securePort} ssl; root ${files};
    ssl_certificate ${tls.certificatePath}; ssl_certificate_key ${tls.keyPath}; } }
`,
  );
  const child = start([programs.nginx, '-p', folder, '-c', join(folder, 'nginx.conf')], programs.env);
  await answering(port, child);
  return contender('nginx', child, `http://127.0.0.1:${port}`, `https://127.0.0.1:${securePort}`);
}

/** As Debian has it, but for folders, ports, and its log. */
export async function startAptCacherNg(programs: PeerPrograms, folder: string, upstream: URL): Promise<Contender> {
  await mkdir(join(folder, 'conf'), { recursive: true });
  const port = await freePort();
  await writeFile(
    join(folder, 'conf', 'acng.conf'),
    `CacheDir: ${folder}/cache
LogDir: ${folder}/log
SupportDir: ${programs.aptCacherNgSupport}
Port: ${port}
BindAddress: 127.0.0.1
AllowUserPorts: 0
VerboseLog: 0
ExThreshold: 4
ForeGround: 1
`,
  );
  const child = start([programs.aptCacherNg, '-c', join(folder, 'conf')], programs.env);
  await answering(port, child);
  return contender('apt-cacher-ng', child, `http://127.0.0.1:${port}/${upstream.host}`, null);
}

function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> } {
  const [command = '', ...words] = pinned(SERVER_PROCESSOR, argv);
  return spawn(command, words, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  }) as unknown as ReturnType<typeof start>;
}

function contender(name: Contender['name'], child: ChildProcess, plain: string, tls: string | null): Contender {
  const pid = child.pid ?? 0;
  return {
    name,
    plain,
    tls,
    processorMs: () => {
      const { own, below } = cpuMs(pid);
      return own + below;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin?.end();
      if (name !== 'thimble') child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until; await sleep(50)) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      (reply) => reply.arrayBuffer(),
      () => null,
    );
    if (answered !== null) return;
  }
  child.kill('SIGKILL');
  throw new Error(`nothing answers on port ${port}`);
}
