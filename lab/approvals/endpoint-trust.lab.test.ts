import { randomUUID } from 'node:crypto';
import {
  APPROVAL_PAYLOAD_TYPE,
  APPROVER_SET_PAYLOAD_TYPE,
  canonicalJson,
  HALT_PAYLOAD_TYPE,
  inverseTransaction,
  SERVER_TIME_PAYLOAD_TYPE,
  type ApprovalStatement,
  type HaltStatement,
  type OrderBody,
  type OutcomeResult,
  type SignedStatement,
  type Transaction,
  type TrustNews,
} from '@thimble/protocol';
import { sha256, signEnvelope, transactionSha256 } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, signed, type TestApprover } from '@thimble/protocol/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startContentSite, type ContentSite } from '../acquire/testing/content-site.ts';
import { agent, enrolAgent, installAgent, runAgentOnce } from '../acquire/testing/install-agent.ts';
import { serveOrders, type OrderServer } from '../acquire/testing/order-server.ts';
import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorRepository,
} from '../index.ts';

const availability = labForTests('an endpoint that demands approvers’ signatures');
const [anna, carla]: readonly [TestApprover, TestApprover] = [makeKeyFile(), makeKeyFile()];
const berta = makePasskey();

/** The server is small and in nobody's hands but the test's: what the endpoint does is decided on the endpoint. */
describe.skipIf(!availability.available)(
  'a real endpoint with a pinned set of approvers, two of three of whom sign',
  () => {
    let lab: Lab;
    let mirror: Mirror;
    let vendor: VendorRepository;
    let endpoint: Endpoint;
    let site: ContentSite;
    let server: OrderServer;
    let transaction: Transaction;
    let shownSet: SignedStatement;
    let approvalId: string;
    let appliedId: string;

    beforeAll(async () => {
      lab = await createLab({ tag: 'approvals: endpoint' });
      mirror = await startMirror({ host: lab.gateway });
      vendor = await createVendorRepository('vendor', mirror);
      [endpoint, site] = await Promise.all([
        lab.endpoint({ name: 'approved', base: 'web' }),
        startContentSite('server', lab.gateway, new Map()),
      ]);
      server = serveOrders(site);
      const set = makeApproverSet(server.organisationId, 2, [[anna], [berta], [carla]]);
      shownSet = signed(set, APPROVER_SET_PAYLOAD_TYPE, []);
      await installAgent(endpoint);
      await endpoint.boot();
      await vendor.publish({ packages: [{ name: 'tool', version: '1' }] });
      await endpoint.useMirror(mirror, { suites: [], vendors: [vendor] });
      await endpoint.shell('apt-get -q update >/dev/null; apt-get -q -y install tool </dev/null');
      server.news = news();
      await enrolAgent(endpoint, server, ['--no-service', '--approvers', sha256(canonicalJson(set))]);
      await vendor.publish({
        packages: [
          { name: 'tool', version: '1' },
          { name: 'tool', version: '2' },
        ],
      });
      const planned = await order({ kind: 'plan', selection: { kind: 'packages', packages: [{ name: 'tool' }] } });
      if (planned.result.kind !== 'planned') throw new Error(`no plan: ${JSON.stringify(planned.result)}`);
      ({ transaction } = planned.result);
      approve(['apply', 'rollback', 'restart-services'], anna, berta);
    });
    afterAll(async () => {
      await Promise.all([site?.close(), mirror?.stop()]);
      await vendor?.dispose();
      await lab?.destroy();
    });

    function news(change: Partial<TrustNews> = {}): TrustNews {
      const time = Buffer.from(canonicalJson({ time: new Date().toISOString(), endpointId: server.endpointId }));
      const serverTime = signEnvelope(SERVER_TIME_PAYLOAD_TYPE, time, [server.key]);
      return { approverSets: [shownSet], orderKeys: [], halt: null, serverTime, ...change };
    }

    async function order(
      body: OrderBody,
      approvedBy: string | null = null,
    ): Promise<{ id: string; result: OutcomeResult }> {
      const id = server.give(body, approvedBy === null ? {} : { approvalId: approvedBy });
      await runAgentOnce(endpoint);
      return { id, result: server.outcome(id) };
    }

    function approve(actions: ApprovalStatement['actions'], ...signers: readonly TestApprover[]): void {
      approvalId = randomUUID();
      const { endpointId, organisationId } = server;
      const statement: ApprovalStatement = {
        format: 1,
        kind: 'approval',
        id: approvalId,
        organisationId,
        runId: randomUUID(),
        title: 'tool 2 on one endpoint',
        snapshotId: null,
        transactions: [{ transactionDigest: transactionSha256(transaction), endpointIds: [endpointId] }],
        endpointIds: [],
        actions,
        notBefore: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      server.approvals = [signed(statement, APPROVAL_PAYLOAD_TYPE, signers)];
    }

    function halt(sequence: number, action: HaltStatement['action']): HaltStatement {
      const { organisationId } = server;
      const issuedAt = new Date().toISOString();
      return { format: 1, kind: 'halt', organisationId, sequence, action, reason: 'a drill', issuedAt };
    }

    const applying = (): OrderBody => ({
      kind: 'apply',
      transaction,
      transactionDigest: transactionSha256(transaction),
      restartServices: true,
    });
    const installed = () => endpoint.shell("dpkg-query -W -f '${Version}' tool");
    const shown = async () => JSON.parse(await agent(endpoint, 'trust show', '--json')) as Record<string, unknown>;

    test('installs nothing that the order key alone signed, nor what one person approved', async () => {
      expect((await order(applying())).result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      const enough = server.approvals;
      approve(['apply', 'restart-services'], anna);
      expect((await order(applying(), approvalId)).result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      expect(await installed()).toBe('1');
      server.approvals = enough;
      expect(await shown()).toMatchObject({ demandedSignatures: 2, refused: { 'approval-missing': 2 } });
    });

    test('installs what two approved, with a key file and a passkey, and does so once', async () => {
      approve(['apply', 'rollback', 'restart-services'], anna, berta);
      const { id, result } = await order(applying(), approvalId);
      expect(result).toMatchObject({ kind: 'applied' });
      appliedId = id;
      expect(await installed()).toBe('2');
      expect((await order(applying(), approvalId)).result).toMatchObject({ kind: 'refused', code: 'approval-invalid' });
    });

    test('goes back exactly, and only from what was installed under that approval', async () => {
      const result = server.outcome(appliedId);
      if (result.kind !== 'applied') throw new Error('it was applied');
      const { transaction: inverse } = inverseTransaction(transaction, result.kept);
      const back = (undoes: string, way: Transaction): OrderBody => ({
        kind: 'rollback',
        undoes,
        transaction: way,
        transactionDigest: transactionSha256(way),
        restartServices: true,
      });
      const refused = { kind: 'refused', code: 'approval-invalid' };
      expect((await order(back(randomUUID(), inverse), approvalId)).result).toMatchObject(refused);
      expect((await order(back(appliedId, { ...inverse, changes: [] }), approvalId)).result).toMatchObject(refused);
      expect((await order(back(appliedId, inverse), approvalId)).result).toMatchObject({ kind: 'applied' });
      expect(await installed()).toBe('1');
      expect((await order(applying(), approvalId)).result).toMatchObject(refused);
    });

    test('stops when it is told to, and goes on when two people say so', async () => {
      const envelope = (statement: HaltStatement) =>
        signEnvelope(HALT_PAYLOAD_TYPE, Buffer.from(canonicalJson(statement)), [server.key]);
      approve(['apply', 'restart-services'], berta, carla);
      server.news = news({ halt: envelope(halt(1, 'stop')) });
      expect((await order(applying(), approvalId)).result).toMatchObject({ kind: 'refused', code: 'halted' });
      server.news = news({ halt: envelope(halt(2, 'go-on')) });
      expect((await order(applying(), approvalId)).result).toMatchObject({ kind: 'refused', code: 'halted' });
      expect(await agent(endpoint, 'trust show')).toContain('Stopped:     a drill');
      server.news = news({ halt: signed(halt(2, 'go-on'), HALT_PAYLOAD_TYPE, [anna, berta]) });
      expect((await order(applying(), approvalId)).result).toMatchObject({ kind: 'applied' });
      expect(await installed()).toBe('2');
    });

    test('keeps its set against a server that has another one, until root says otherwise', async () => {
      const off = signed(makeApproverSet(server.organisationId, 0, []), APPROVER_SET_PAYLOAD_TYPE, [anna]);
      server.news = news({ approverSets: [off] });
      expect((await order(applying())).result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      expect(await agent(endpoint, 'trust show')).toContain('2 of 3 have to sign');
      await agent(endpoint, 'trust reset', '--yes');
      await runAgentOnce(endpoint);
      expect(await shown()).toMatchObject({ demandedSignatures: 0 });
    });
  },
);
