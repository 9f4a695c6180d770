import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MIRROR_HOST } from '../clone.ts';
import { LabError } from '../lab-error.ts';
import { Faults, type Fault } from './faults.ts';
import { respond } from './respond.ts';
import { NOT_FOUND, type Site } from './site.ts';
import { freezeSuites, type Snapshot } from './snapshot.ts';

export type MirrorRequest = {
  readonly method: string;
  readonly path: string;
  readonly from: string;
  /** 0 until the answer begins. */
  readonly status: number;
  /** Sent so far. */
  readonly sizeBytes: number;
  readonly done: boolean;
};

export type MirrorOptions = {
  /** The lab's gateway. Loopback is listened on as well. */
  readonly host: string;
  /** Debian suites to freeze, e.g. bookworm, bookworm-security, bookworm-updates; none for a mirror of vendors only. */
  readonly suites?: readonly string[];
  /** A snapshot that another mirror of this process froze, in place of `suites`. */
  readonly snapshot?: Snapshot;
};

/** A test that asks more often has lost count. */
const REQUESTS_LIMIT = 100_000;
const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PORT_ATTEMPTS = 20;

/** An HTTP server with frozen suites and vendors' repositories, which misbehaves when it is told to. */
export class Mirror implements AsyncDisposable {
  readonly faults = new Faults();
  readonly requests: MirrorRequest[] = [];
  readonly #sites = new Map<string, Site>();
  readonly #hosts: readonly string[];
  readonly #snapshot: Snapshot | undefined;
  #servers: readonly Server[] = [];
  #port = 0;

  constructor(host: string, snapshot: Snapshot | undefined) {
    this.#hosts = host === '127.0.0.1' ? [host] : [host, '127.0.0.1'];
    this.#snapshot = snapshot;
    if (snapshot !== undefined) this.serve(`snapshots/${snapshot.id}`, (path) => snapshot.answer(path));
  }

  /** What the endpoints write in their sources; the name is in each endpoint's hosts file. */
  get url(): string {
    return `http://${MIRROR_HOST}:${this.#port}`;
  }

  /** The same for a client on this machine. */
  get loopbackUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get snapshot(): Snapshot {
    if (this.#snapshot === undefined) throw new LabError('endpoint-state', 'this mirror froze no suite');
    return this.#snapshot;
  }

  /** Answers for all paths below /prefix/. */
  serve(prefix: string, site: Site): void {
    this.#sites.set(prefix, site);
  }

  /** One line of sources.list(5) for a frozen suite. */
  sourceLine(suite: string): string {
    const { id } = this.snapshot;
    return `deb [signed-by=${DEBIAN_KEYRING}] ${this.url}/snapshots/${id}/${this.snapshot.archiveOf(suite)} ${suite} main`;
  }

  fault(fault: Fault): () => void {
    return this.faults.add(fault);
  }

  /** Listens, on the port it had before if it had one. */
  async start(): Promise<void> {
    for (let attempt = 0; this.#servers.length === 0; attempt += 1) {
      const servers: Server[] = [];
      let port = this.#port;
      try {
        for (const host of this.#hosts) {
          const server = await listen(host, port, (request, response) => void this.#answer(request, response));
          servers.push(server);
          port = (server.address() as AddressInfo).port;
        }
        this.#port = port;
        this.#servers = servers;
      } catch (error) {
        // The port that the first address gave is taken on the other one.
        for (const server of servers) await close(server);
        if (this.#port !== 0 || attempt >= PORT_ATTEMPTS) throw error;
      }
    }
  }

  /** A dead server: connections are refused, open ones reset. */
  async stop(): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    await Promise.all(servers.map(close));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodedPath(request.url ?? '/');
    const from = request.socket.remoteAddress ?? '';
    const entry = {
      method: request.method ?? '',
      path: path ?? request.url ?? '',
      from,
      status: 0,
      sizeBytes: 0,
      done: false,
    };
    if (this.requests.length >= REQUESTS_LIMIT) this.requests.shift();
    this.requests.push(entry);
    try {
      const answer = path === undefined ? ({ kind: 'status', status: 400 } as const) : await this.#find(path);
      await respond(request, response, answer, this.faults.take(entry.path), entry);
    } catch (error) {
      process.stderr.write(`lab mirror: ${entry.path}: ${String(error)}\n`);
      response.destroy();
    }
    entry.done = true;
  }

  async #find(path: string) {
    for (const [prefix, site] of this.#sites) {
      if (path.startsWith(`/${prefix}/`)) return site(path.slice(prefix.length + 2));
    }
    return NOT_FOUND;
  }
}

/** Freezes the suites (about a second, 10 MB the first time) and serves them. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const { suites = [] } = options;
  const snapshot = options.snapshot ?? (suites.length === 0 ? undefined : await freezeSuites(suites));
  const mirror = new Mirror(options.host, snapshot);
  await mirror.start();
  return mirror;
}

/** The path without its query; undefined if it leaves the tree or does not decode. */
export function decodedPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split('?')[0] ?? '');
    const clean = path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
    return clean ? path : undefined;
  } catch {
    return undefined;
  }
}

async function listen(host: string, port: number, handler: (q: IncomingMessage, s: ServerResponse) => void) {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
