import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type PeerCertificate } from 'node:tls';
import { createClient, type Client } from '@thimble/cli';
import { cpuMs, memoryBytes } from './process-usage.ts';
import type { ServerReady } from './server-process.ts';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const LOG_TAIL_BYTES = 8192;
/** As scripts/run.sh has them. */
const SHIPPED_FLAGS = ['--max-semi-space-size=16', '--disable-warning=ExperimentalWarning'];

/** A server as shipped, with its embedded PostgreSQL and all default settings but for feeds, in a process of its own. */
export interface MeasuredServer extends AsyncDisposable {
  readonly port: number;
  readonly caFingerprint: string;
  readonly socketPath: string;
  /** PEM of its CA, whose fingerprint was compared. */
  readonly authority: string;
  /** As the local operator. */
  readonly client: Client;
  readonly pid: number;
  cpu(): { readonly ownMs: number; readonly databaseMs: number };
  /** Of the server's process alone. */
  rssBytes(): number;
  peakRssBytes(): number;
}

/** @param settings more of them, by flag without dashes. */
export async function startMeasuredServer(
  settings: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
): Promise<MeasuredServer> {
  const data = await mkdtemp(join(tmpdir(), 'thimble-bench-server-'));
  // What the server can do is measured, not what it lets one endpoint or script ask for.
  const unlimited = { 'agent-requests-per-minute': '1000000', 'requests-per-minute': '1000000' };
  const usual = { data, host: '127.0.0.1', port: '0', feeds: 'off', ...unlimited };
  const flags = Object.entries({ ...usual, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  const entry = join(import.meta.dirname, 'server-process.ts');
  const argv = [...SHIPPED_FLAGS, ...nodeFlags, entry, ...flags];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'pipe'], env: cleanEnvironment() });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_TAIL_BYTES);
  });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const ready = await untilReady(child);
    const { pid } = child;
    if (pid === undefined) throw new Error('the server has no process id');
    return {
      port: ready.port,
      caFingerprint: ready.caFingerprint,
      socketPath: ready.socketPath,
      authority: await fetchAuthority(ready.port, ready.caFingerprint),
      client: createClient({ kind: 'socket', path: ready.socketPath }),
      pid,
      cpu: () => {
        const { own, below } = cpuMs(pid);
        return { ownMs: own, databaseMs: below };
      },
      rssBytes: () => memoryBytes(pid, 'VmRSS'),
      peakRssBytes: () => memoryBytes(pid, 'VmHWM'),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`the server did not start: ${String(error)}\n${log}`, { cause: error });
  }
}

async function untilReady(child: ChildProcess): Promise<ServerReady> {
  if (child.stdout === null) throw new Error('it has no output');
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_DEADLINE_MS);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`it ended with ${String(code)}`);
  });
  const [line] = (await Promise.race([once(lines, 'line', { signal }), ended])) as [string];
  // What else it prints must not fill the pipe.
  lines.resume();
  ended.catch(() => undefined);
  return JSON.parse(line) as ServerReady;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(late);
}

/** The certificate of the server's chain that has this fingerprint, as an enrolling agent finds it. */
async function fetchAuthority(port: number, fingerprint: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    const plain = (text: string): string => text.replaceAll(':', '').toLowerCase();
    let certificate: PeerCertificate | undefined = socket.getPeerCertificate(true);
    for (let depth = 0; depth < 5 && certificate !== undefined; depth += 1) {
      if (plain(certificate.fingerprint256) === plain(fingerprint)) return pem(certificate.raw);
      certificate = 'issuerCertificate' in certificate ? (certificate.issuerCertificate as PeerCertificate) : undefined;
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the server does not present the CA that it named');
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** Settings of whoever measures must not reach the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('THIMBLE_') && name !== 'NODE_OPTIONS');
  return Object.fromEntries(kept);
}
