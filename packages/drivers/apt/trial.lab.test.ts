import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorPackage,
  type VendorRepository,
} from '@thimble/lab';
import type { OutcomeResult, TrialReport } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driverOn, installRunner, type DriverOnEndpoint } from './testing/driver-on-endpoint.ts';

const availability = labForTests('trials');

describe.skipIf(!availability.available)('a trial on a real endpoint', () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let endpoint: Endpoint;
  let driver: DriverOnEndpoint;

  beforeAll(async () => {
    lab = await createLab({ tag: 'driver: trials' });
    mirror = await startMirror({ host: lab.gateway });
    vendor = await createVendorRepository('vendor', mirror);
    endpoint = await lab.endpoint({ name: 'trying', base: 'web' });
    await installRunner(endpoint);
    await endpoint.boot();
    await endpoint.useMirror(mirror, { suites: [], vendors: [vendor] });
    driver = driverOn(endpoint);
    await vendor.publish({ packages: [{ name: 'tool', version: '1' }] });
    await endpoint.shell('apt-get -q update >/dev/null; apt-get -q -y install tool </dev/null');
  });
  afterAll(async () => {
    await mirror?.stop();
    await vendor?.dispose();
    await lab?.destroy();
  });

  const offer = async (next: Partial<VendorPackage>) => {
    await vendor.publish({
      packages: [
        { name: 'tool', version: '1' },
        { name: 'tool', version: '2', ...next },
      ],
    });
    return driver.planned('tool');
  };
  const reportOf = (result: OutcomeResult): TrialReport => {
    if (result.kind !== 'tried') throw new Error(`not tried: ${JSON.stringify(result)}`);
    return result.report;
  };

  test('a good update passes', async () => {
    const transaction = await offer({});
    const result = await driver.trial(transaction);
    expect(reportOf(result)).toMatchObject({ verdict: 'passed', brokenPackages: [] });
  });
});
