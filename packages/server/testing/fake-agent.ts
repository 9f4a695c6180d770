import { gzipSync } from 'node:zlib';
import {
  AGENT_API,
  canonicalJson,
  type CheckInReply,
  type DocumentKind,
  type EnrolReply,
  type Manifest,
  NEW_KEY_PAYLOAD_TYPE,
  type NewKeyStatement,
  type Order,
  type OrderBody,
  ORDER_PAYLOAD_TYPE,
  type OrderProgress,
  type OrdersReply,
  type Outcome,
  type OutcomeResult,
  type Repositories,
  type System,
  type Transaction,
  type Updates,
  type Verification,
} from '@thimble/protocol';
import {
  generateSigningKey,
  type Lane,
  openEnvelope,
  sha256,
  signEnvelope,
  type SignatureHeaders,
  type SigningKey,
  signRequest,
  verifyingKey,
} from '@thimble/protocol/signing';
import { fakeManifest, fakePackage, fakeSystem, fakeTransaction, fakeUpdate, fakeUpdates } from './fake-documents.ts';
import { type FakeReply, sendPlain } from './send-plain.ts';

export interface FakeRequest {
  readonly method: string;
  /** Below /api/v1/agent, with its query. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lane?: Lane;
  /** Given: instead of the next one. */
  readonly sequence?: number;
  /** Unix time in seconds; now, if left out. */
  readonly created?: number;
  /** Changes what was signed, as somebody on the way would. */
  readonly tamper?: (signed: { body: Uint8Array; headers: Record<string, string> }) => {
    body: Uint8Array;
    headers: Record<string, string>;
  };
  readonly signal?: AbortSignal;
}

/** Documents are replaced, never changed, so each is printed once: a load generator must not cost more than its server. */
const prints = new WeakMap<object, { text: string; sha256: string }>();

function printed(document: object): { text: string; sha256: string } {
  let print = prints.get(document);
  if (print === undefined) {
    const text = canonicalJson(document);
    print = { text, sha256: sha256(text) };
    prints.set(document, print);
  }
  return print;
}

/** A small signed agent of a made-up endpoint: it says what a real one says, and installs by changing its own lists. */
export class FakeAgent {
  readonly url: string;
  readonly hostname: string;
  key: SigningKey;
  machine: string;
  readonly #sequences: Record<Lane, number> = { main: 0, held: 0 };
  enrolled: EnrolReply | undefined;
  manifest: Manifest;
  updates: Updates;
  system: System;
  /** Undefined: an agent that does not know this document. */
  repositories: Repositories | undefined;
  clock: () => Date = () => new Date();
  generation = 0;
  activeOrders: string[] = [];

  constructor(
    url: string,
    hostname: string,
    documents: {
      manifest?: Manifest;
      updates?: Updates;
      system?: System;
      repositories?: Repositories;
      key?: SigningKey;
    } = {},
  ) {
    this.url = url;
    this.hostname = hostname;
    this.key = documents.key ?? generateSigningKey();
    this.machine = sha256(`machine of ${hostname}`);
    this.manifest =
      documents.manifest ?? fakeManifest([fakePackage('openssl', '3.0.15-1'), fakePackage('curl', '7.88.1-10')]);
    this.updates = documents.updates ?? fakeUpdates([fakeUpdate('openssl', '3.0.15-1', '3.0.17-1')]);
    this.system = documents.system ?? fakeSystem(hostname);
    this.repositories = documents.repositories;
  }

  get id(): string {
    if (this.enrolled === undefined) throw new Error(`${this.hostname} is not enrolled`);
    return this.enrolled.endpointId;
  }

  /** A signed request; any status is a reply. */
  async send({ method, path, body = '', headers = {}, lane = 'main', ...rest }: FakeRequest): Promise<FakeReply> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const target = AGENT_API + path;
    const sequence = rest.sequence ?? ++this.#sequences[lane];
    const created = rest.created ?? Math.floor(this.clock().getTime() / 1000);
    const signature: SignatureHeaders = signRequest(
      { method, target, body: bytes },
      { keyid: this.key.keyid, created, lane, sequence },
      this.key,
    );
    let signed = {
      body: bytes,
      headers: { 'content-type': 'application/json', ...headers, ...signature } as Record<string, string>,
    };
    if (rest.tamper !== undefined) signed = rest.tamper(signed) as typeof signed;
    return sendPlain(this.url + target, method, signed.headers, signed.body, rest.signal);
  }

  enrolRequest(token: string): string {
    return JSON.stringify({
      token,
      publicKey: this.key.publicKey,
      hostname: this.hostname,
      machine: this.machine,
      os: { id: 'debian', versionId: '12' },
      architecture: 'amd64',
      agentVersion: '0.0.0-fake',
    });
  }

  async enrol(token: string): Promise<EnrolReply> {
    const reply = await this.send({ method: 'POST', path: '/enrol', body: this.enrolRequest(token) });
    this.enrolled = expectStatus<EnrolReply>(reply, 200);
    return this.enrolled;
  }

  checkInBody(): string {
    return JSON.stringify({
      agentVersion: '0.0.0-fake',
      bootId: this.system.bootId,
      machine: this.machine,
      documents: {
        manifest: printed(this.manifest).sha256,
        system: printed(this.system).sha256,
        updates: printed(this.updates).sha256,
        ...(this.repositories === undefined ? {} : { repositories: printed(this.repositories).sha256 }),
      },
      generation: this.generation,
      activeOrders: this.activeOrders,
    });
  }

  /** Offers a new key for its own, as a real one does; see `confirmKey`. */
  async offerKey(next: SigningKey, rest: Partial<FakeRequest> = {}): Promise<FakeReply> {
    const { publicKey } = next;
    const claim: NewKeyStatement = {
      format: 1,
      kind: 'endpoint-key',
      endpointId: this.id,
      instead: this.key.keyid,
      publicKey,
    };
    const statement = signEnvelope(NEW_KEY_PAYLOAD_TYPE, Buffer.from(canonicalJson(claim)), [next]);
    const body = JSON.stringify({ statement, bootId: this.system.bootId });
    return this.send({ method: 'POST', path: '/key', body, ...rest });
  }

  /** Uses a new key for the first time: it is the endpoint's own from then on. */
  async confirmKey(next: SigningKey): Promise<FakeReply> {
    const before = this.key;
    this.key = next;
    const reply = await this.send({ method: 'POST', path: '/key/confirm' });
    if (reply.status !== 204) this.key = before;
    return reply;
  }

  async checkIn(): Promise<CheckInReply> {
    return expectStatus<CheckInReply>(
      await this.send({ method: 'POST', path: '/check-in', body: this.checkInBody() }),
      200,
    );
  }

  async putDocument(kind: DocumentKind): Promise<void> {
    const document = this[kind];
    if (document === undefined) throw new Error(`${this.hostname} has no document ${kind}`);
    const { text, sha256: digest } = printed(document);
    const reply = await this.send({
      method: 'PUT',
      path: `/documents/${kind}/${digest}`,
      body: gzipSync(text, { level: 1 }),
      headers: { 'content-encoding': 'gzip' },
    });
    expectStatus(reply, 204);
  }

  /** A check-in, and whatever documents the server then wants. */
  async report(): Promise<CheckInReply> {
    const reply = await this.checkIn();
    for (const kind of reply.wanted) await this.putDocument(kind);
    return reply;
  }

  async takeOrders(waitSeconds = 0, signal?: AbortSignal): Promise<{ orders: Order[]; cancellations: string[] }> {
    const reply = expectStatus<OrdersReply>(
      await this.send({
        method: 'GET',
        path: `/orders?wait=${waitSeconds}`,
        lane: 'held',
        ...(signal === undefined ? {} : { signal }),
      }),
      200,
    );
    const trusted = new Map((this.enrolled?.orderKeys ?? []).map((key) => [key.keyid, verifyingKey(key.publicKey)]));
    const orders = reply.orders.map(
      (envelope) => JSON.parse(openEnvelope(envelope, ORDER_PAYLOAD_TYPE, trusted).toString('utf8')) as Order,
    );
    for (const { generation } of orders) this.generation = Math.max(this.generation, generation);
    return { orders, cancellations: reply.cancellations };
  }

  outcomeOf(order: Order, result: OutcomeResult): Outcome {
    const { issuedAt: at } = order;
    return { format: 1, orderId: order.id, generation: order.generation, startedAt: at, endedAt: at, result };
  }

  async tell(outcome: Outcome): Promise<FakeReply> {
    return this.send({ method: 'PUT', path: `/orders/${outcome.orderId}/outcome`, body: JSON.stringify(outcome) });
  }

  async progress(orderId: string, events: readonly OrderProgress[]): Promise<FakeReply> {
    return this.send({ method: 'POST', path: `/orders/${orderId}/progress`, body: JSON.stringify({ events }) });
  }

  /** Does an order as a well-behaved endpoint would, and tells its outcome. */
  async obey(order: Order): Promise<OutcomeResult> {
    const result = this.#do(order);
    expectStatus(await this.tell(this.outcomeOf(order, result)), 204);
    return result;
  }

  /** Fetches and does whatever waits, until nothing does. */
  async work(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      const { orders } = await this.takeOrders();
      if (orders.length === 0) return;
      for (const order of orders) await this.obey(order);
    }
  }

  verification(rest: Partial<Verification> = {}): Verification {
    return {
      checkedAt: '2026-05-03T00:00:00.000Z',
      wrongVersions: [],
      brokenPackages: [],
      staleProcesses: [],
      restartedUnits: [],
      failedUnitsBefore: [],
      failedUnitsAfter: [],
      kernel: this.system.kernel,
      waits: [],
      effective: true,
      gaps: [],
      ...rest,
    };
  }

  #do(order: Order): OutcomeResult {
    const { body } = order;
    switch (body.kind) {
      case 'scan':
        return { kind: 'scanned' };
      case 'plan':
        return { kind: 'planned', ...this.plan(body) };
      case 'pre-stage':
        return { kind: 'pre-staged', fetchedBytes: body.transaction.downloadBytes, fromRelayBytes: 0 };
      case 'trial':
        return { kind: 'tried', transactionDigest: body.transactionDigest, report: passedTrial(), logTail: [] };
      case 'apply':
      case 'rollback':
        this.install(body.transaction);
        return {
          kind: 'applied',
          verification: this.verification(),
          kept: body.kind === 'rollback' ? [] : keptOf(body.transaction),
          rollbackGaps: [],
          resumed: false,
        };
      case 'restart-services':
        return { kind: 'applied', verification: this.verification(), kept: [], rollbackGaps: [], resumed: false };
      case 'reboot':
        return { kind: 'rebooted', bootIdBefore: 'before', bootIdAfter: 'after', verification: this.verification() };
    }
  }

  /** Its security updates, less what is blocked, from the snapshot that the order names. */
  plan({ content, blocks = [] }: Extract<OrderBody, { kind: 'plan' }>): ReturnType<typeof fakeTransaction> {
    const isBlocked = (update: Updates['updates'][number]): boolean =>
      blocks.some(({ name, version }) => name === update.name && version === update.candidate);
    const wanted = this.updates.updates.filter((update) => update.security && !isBlocked(update));
    const { transaction, transactionDigest } = fakeTransaction(wanted);
    const from = content === undefined ? {} : { content: { snapshotId: content.snapshotId } };
    return { transaction: { ...transaction, ...from }, transactionDigest };
  }

  /** Changes the lists as the transaction says. */
  install(transaction: Transaction): void {
    const changed = new Map(transaction.changes.map((change) => [change.name, change]));
    this.manifest = fakeManifest(
      this.manifest.packages.map((entry) => {
        const to = changed.get(entry.name)?.to ?? entry.version;
        return { ...entry, version: to, sourceVersion: to };
      }),
    );
    const back = transaction.changes.flatMap(({ name, action, from, to }) =>
      action === 'downgrade' && from !== null && to !== null ? [fakeUpdate(name, to, from)] : [],
    );
    this.updates = fakeUpdates([...this.updates.updates.filter(({ name }) => !changed.has(name)), ...back]);
  }
}

/** Files of the versions before, as a well-behaved endpoint keeps them. */
export function keptOf(transaction: Transaction): Extract<OutcomeResult, { kind: 'applied' }>['kept'] {
  return transaction.changes.flatMap(({ name, architecture, from }) =>
    from === null
      ? []
      : [{ name, architecture, version: from, sha256: 'b'.repeat(64), sizeBytes: 1000, from: 'archive' as const }],
  );
}

function expectStatus<T>(reply: FakeReply, status: number): T {
  if (reply.status !== status)
    throw new Error(`${reply.status} instead of ${status}: ${reply.body.toString('utf8').slice(0, 500)}`);
  return reply.json as T;
}

function passedTrial(): Extract<OutcomeResult, { kind: 'tried' }>['report'] {
  return {
    verdict: 'passed',
    message: 'the transaction went through on the clone',
    clone: 'overlay on tmpfs',
    brokenPackages: [],
    checks: [],
    gaps: [],
    installMs: 1000,
    totalMs: 1200,
    diskBytes: 1_000_000,
  };
}
