import { describe, expect, it } from 'vitest';
import { HostError } from '../host.ts';
import { createRecordedHost } from '../recorded-host.ts';
import { createAptDriver } from './index.ts';

const asking = (result: { exitCode: number | null; stderr: string }) =>
  createAptDriver().reboot(createRecordedHost({ commands: [{ argv: (argv) => argv[0] === 'systemctl', result }] }));

describe('asking for a reboot', () => {
  it('fails with what the system says when it refuses', async () => {
    const refused = asking({ exitCode: 1, stderr: 'Operation inhibited by "upgrade"\n' });
    await expect(refused).rejects.toBeInstanceOf(HostError);
    await expect(refused).rejects.toThrow('status 1: Operation inhibited by "upgrade"');
  });

  it('has not failed when the machine goes down already', async () => {
    const stderr = "Call to Reboot failed: There's already a shutdown or sleep operation in progress\n";
    await expect(asking({ exitCode: 1, stderr })).resolves.toBeUndefined();
    await expect(asking({ exitCode: null, stderr: '' })).resolves.toBeUndefined();
  });
});
