import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError } from '@thimble/drivers';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentStatus } from '../enrolment/status.ts';
import { makeBench, until, type Bench } from '../testing/agent-under-test.ts';
import { applied, checkpointOf, fakeDriver, fakeHost } from '../testing/fake-driver.ts';
import { problem } from '../testing/fake-server.ts';
import { makeOrder, orderId, seal } from '../testing/orders.ts';
import { runOnce } from './once.ts';
import { runAgent } from './service.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.clean());

/** Hands out an order until its outcome is there, as the server does. */
function give(n: number, ...rest: Parameters<typeof makeOrder> extends [number, ...infer More] ? More : never): void {
  const { server } = bench;
  server.orders.push(seal(makeOrder(n, ...rest), server.orderKey));
  server.wake();
}

describe('the service', () => {
  test('sends a document only when the server does not know its digest', async () => {
    const driver = fakeDriver();
    await bench.during(driver, () => until(() => bench.server.documents.size === 4));
    const puts = () => bench.server.log.filter((line) => line.startsWith('PUT')).length;
    expect(puts()).toBe(4);
    await runOnce(bench.options(driver));
    expect(puts()).toBe(4);
    expect(driver.counts.refresh).toBe(1);
  });

  test('an order reaches it through the held request, and its one outcome is acknowledged', async () => {
    const { server } = bench;
    await bench.during(fakeDriver(), async () => {
      await until(() => server.log.some((line) => line.includes('wait=')));
      give(1);
      await until(() => server.outcomes.has(orderId(1)));
      server.orders.length = 0;
    });
    expect(server.outcomes.get(orderId(1))?.result.kind).toBe('applied');
    expect(server.progress.length).toBeGreaterThan(0);
    const status = await agentStatus(bench.stateDirectory);
    expect(status).toMatchObject({ generation: 1, activeOrder: null, undelivered: 0 });
  });

  test('orders go one after another by generation, also when they come together', async () => {
    const begun: string[] = [];
    const driver = fakeDriver(async (task) => {
      begun.push(task.orderId);
      return applied();
    });
    await bench.during(driver, async () => {
      give(1);
      give(2);
      give(3);
      await until(() => bench.server.outcomes.size === 3);
      bench.server.orders.length = 0;
    });
    expect(begun).toEqual([1, 2, 3].map(orderId));
  });

  test('a cancellation stops an order before its point of no return', async () => {
    const { server } = bench;
    const driver = fakeDriver(async (task) => {
      await until(() => task.signal.aborted);
      return { kind: 'cancelled', stage: 'downloading' };
    });
    await bench.during(driver, async () => {
      give(1);
      await until(() => server.progress.length > 0);
      server.cancellations.push(orderId(1));
      await until(() => server.outcomes.size === 1);
      server.orders.length = 0;
    });
    expect(server.outcomes.get(orderId(1))?.result).toEqual({ kind: 'cancelled', stage: 'downloading' });
  });

  test('a forged order is not executed, not answered, and counted once however often it is offered', async () => {
    const { server } = bench;
    const begun: string[] = [];
    const driver = fakeDriver(async (task) => {
      begun.push(task.orderId);
      return applied();
    });
    await bench.during(driver, async () => {
      server.orders.push(seal(makeOrder(1), generateSigningKey()));
      server.wake();
      await until(() => server.log.filter((line) => line.includes('wait=')).length > 2);
    });
    expect(begun).toEqual([]);
    expect(server.outcomes.size).toBe(0);
    expect((await agentStatus(bench.stateDirectory)).rejected).toEqual({ 'bad-signature': 1 });
  });

  test('a replayed order is answered with the outcome that it had, and not executed again', async () => {
    const { server } = bench;
    let begun = 0;
    const driver = fakeDriver(async () => {
      begun += 1;
      return applied();
    });
    give(1);
    await runOnce(bench.options(driver));
    const first = server.outcomes.get(orderId(1));
    server.outcomes.clear();
    await runOnce(bench.options(driver));
    expect(begun).toBe(1);
    expect(server.outcomes.get(orderId(1))).toEqual(first);
  });

  test('the order that was stopped before its point of no return begins again with the next agent', async () => {
    const { server } = bench;
    const waits = fakeDriver(async (task) => {
      await until(() => task.signal.aborted);
      return { kind: 'cancelled', stage: 'downloading' };
    });
    await bench.during(waits, async () => {
      give(1);
      await until(() => server.progress.length > 0);
    });
    expect(server.outcomes.size).toBe(0);
    await runOnce(bench.options());
    expect(server.outcomes.get(orderId(1))?.result.kind).toBe('applied');
  });

  test('stopping does not wait for an installation, and the next agent takes it up from its checkpoint', async () => {
    const { server } = bench;
    let committed = false;
    const installs = fakeDriver(async (task) => {
      await task.pointOfNoReturn(checkpointOf(task.orderId));
      committed = true;
      await delay(2 ** 31 - 1, undefined, { ref: false });
      return applied();
    });
    await bench.during(installs, async () => {
      give(1);
      await until(() => committed);
    });
    expect(server.outcomes.size).toBe(0);
    expect((await agentStatus(bench.stateDirectory)).activeOrder).toMatchObject({
      id: orderId(1),
      stage: 'installing',
    });
    await runOnce(bench.options());
    expect(server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'applied', resumed: true });
  });

  test('what changes the system is refused without root, what only looks is not', async () => {
    give(1);
    give(2, { kind: 'plan', selection: { kind: 'security' } });
    await runOnce(bench.options(fakeDriver(), fakeHost(false)));
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'refused', code: 'not-privileged' });
    expect(bench.server.outcomes.get(orderId(2))?.result.kind).toBe('planned');
  });

  test('restarts its own service when it runs replaced code itself, and not again at once', async () => {
    const ran: string[][] = [];
    const quiet = fakeHost();
    const host = {
      ...quiet,
      ownProcessId: 42,
      run: (...[argv, options]: Parameters<typeof quiet.run>) => {
        ran.push([...argv]);
        return quiet.run(argv, options);
      },
    };
    const driver = fakeDriver();
    const system = driver.system.bind(driver);
    const stale = { command: 'agent', files: ['/usr/lib/libc.so.6'], packages: ['libc6'] };
    driver.system = async (...words) => ({
      ...(await system(...words)),
      staleProcesses: [{ pid: 42, unit: 'thimble-agent.service', ...stale }],
    });
    const restarts = () => ran.filter((argv) => argv.includes('restart'));
    await bench.during(driver, () => until(() => restarts().length === 1), host);
    expect(restarts()).toEqual([['systemctl', 'restart', '--no-block', 'thimble-agent.service']]);
    await bench.during(driver, () => until(() => bench.server.checkIns.length > 3), host);
    expect(restarts()).toHaveLength(1);
  });

  test('ends politely when the server has removed the endpoint', async () => {
    bench.server.intercept = (_request, response) => {
      problem(response, 410, 'endpoint-removed');
      return true;
    };
    const never = new AbortController();
    expect(await runAgent({ ...bench.options(), signal: never.signal })).toBe('removed');
  });

  test('a reboot that the system refuses has failed at once, with what the system said', async () => {
    const driver = { ...fakeDriver(), reboot: () => Promise.reject(new HostError('io', 'inhibited by upgrade')) };
    give(1, { kind: 'reboot', reason: 'x' });
    await runOnce(bench.options(driver));
    const result = bench.server.outcomes.get(orderId(1))?.result;
    expect(result).toMatchObject({ kind: 'failed', code: 'reboot-failed', stage: 'rebooting' });
    expect(result).toHaveProperty('message', expect.stringContaining('inhibited by upgrade'));
  });

  test('a second agent on the same state is refused', async () => {
    await bench.during(fakeDriver(), async () => {
      await until(() => bench.server.checkIns.length > 0);
      await expect(runOnce(bench.options())).rejects.toMatchObject({ code: 'already-running' });
    });
  });
});

describe('requests', () => {
  test('sequences go on above what the server saw, after a restored snapshot', async () => {
    bench.server.sequences.main = 5_000_000;
    const { contacted } = await runOnce(bench.options());
    expect(contacted).toBe(true);
    expect(bench.server.sequences.main).toBeGreaterThan(5_000_000);
  });

  test('a clock that is wrong by hours is made up for and reported as a gap', async () => {
    bench.server.clockAheadMs = 3 * 3_600_000;
    expect((await runOnce(bench.options())).contacted).toBe(true);
    await runOnce(bench.options());
    expect([...bench.server.documents.values()].join()).toContain("about 180 minutes behind the server's");
  });

  test('an outcome that the server does not take keeps no other one back, and is tried again', async () => {
    const { server } = bench;
    give(1);
    give(2);
    server.intercept = (request, response) => {
      if (request.url?.endsWith(`${orderId(1)}/outcome`) !== true) return false;
      problem(response, 422, 'invalid-document');
      return true;
    };
    await runOnce(bench.options());
    expect((await runOnce(bench.options())).undelivered).toBe(1);
    expect([...server.outcomes.keys()]).toEqual([orderId(2)]);
  });

  test('an outcome and a document hold nothing that can not be stored, wherever a text was cut', async () => {
    const driver = fakeDriver(async () => ({
      kind: 'refused',
      code: 'unsupported',
      difference: null,
      message: 'cut \ud83d',
      logTail: ['a\0b'],
    }));
    const system = driver.system.bind(driver);
    driver.system = async (...words) => ({ ...(await system(...words)), hostname: 'fake\udc00' });
    give(1);
    await runOnce(bench.options(driver));
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ message: 'cut \ufffd', logTail: ['ab'] });
    expect([...bench.server.documents.values()].join()).toContain('"hostname":"fake\ufffd"');
  });

  test('an outcome whose file is lost is reported as failed, so that the order does not stay open', async () => {
    const { server } = bench;
    give(1);
    server.intercept = (request, response) => {
      if (request.url?.endsWith('/outcome') !== true) return false;
      response.destroy();
      return true;
    };
    expect((await runOnce(bench.options())).undelivered).toBe(1);
    server.intercept = null;
    rmSync(join(bench.stateDirectory, 'outcomes', orderId(1)));
    expect((await runOnce(bench.options())).undelivered).toBe(0);
    const result = server.outcomes.get(orderId(1))?.result;
    expect(result).toMatchObject({ kind: 'failed', code: 'internal' });
    expect(result).toHaveProperty('message', expect.stringContaining('outcome was lost'));
  });

  test('an outcome that did not get through is delivered by the next run', async () => {
    const { server } = bench;
    give(1);
    server.intercept = (request, response) => {
      if (request.url?.endsWith('/outcome') !== true) return false;
      response.destroy();
      return true;
    };
    expect((await runOnce(bench.options())).undelivered).toBe(1);
    server.intercept = null;
    server.orders.length = 0;
    expect((await runOnce(bench.options())).undelivered).toBe(0);
    expect(server.outcomes.get(orderId(1))?.result.kind).toBe('applied');
  });
});
