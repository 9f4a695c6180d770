import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver, Host } from '@thimble/drivers';
import { systemClock, type Clock } from '../clock.ts';
import { enroll } from '../enrolment/enroll.ts';
import { SILENT } from '../log.ts';
import type { AgentOptions } from '../run/open.ts';
import { runAgent } from '../run/service.ts';
import { makeCertificates } from './certificates.ts';
import { fakeDriver, fakeHost } from './fake-driver.ts';
import { startFakeServer, type FakeServer } from './fake-server.ts';

const certificates = makeCertificates();
/** Waiting goes so much faster than in life. */
const HASTE = 20;
const clock: Clock = {
  ...systemClock,
  monotonic: () => systemClock.monotonic() * HASTE,
  sleep: (durationMs, signal) => systemClock.sleep(durationMs / HASTE, signal),
};

/** An enrolled endpoint in a temporary folder, and the server that it knows. */
export interface Bench {
  readonly server: FakeServer;
  readonly stateDirectory: string;
  options(driver?: Driver, host?: Host): AgentOptions;
  /** Runs the service until `done` resolves, then stops it. */
  during(driver: Driver, done: () => Promise<void>, host?: Host): Promise<void>;
  clean(): Promise<void>;
}

export async function makeBench(): Promise<Bench> {
  const server = await startFakeServer(certificates.server, [certificates.authority]);
  const stateDirectory = mkdtempSync(join(tmpdir(), 'thimble-agent-'));
  await enroll({
    serverUrl: server.url,
    token: server.token,
    caFingerprint: certificates.authority.fingerprint,
    stateDirectory,
  });
  const options = (driver: Driver = fakeDriver(), host: Host = fakeHost()): AgentOptions => ({
    stateDirectory,
    mode: 'service',
    host,
    log: SILENT,
    drivers: [driver],
    clock,
  });
  return {
    server,
    stateDirectory,
    options,
    async during(driver, done, host) {
      const stop = new AbortController();
      const running = runAgent({ ...options(driver, host), signal: stop.signal });
      try {
        await Promise.race([done(), running.then((why) => Promise.reject(new Error(`the agent ended: ${why}`)))]);
      } finally {
        stop.abort();
        await running;
      }
    },
    async clean() {
      await server.close();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** Looks until it is so; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
