import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from '../lab-error.ts';
import { run } from '../run.ts';

/** The largest package of the archive on a slow line. */
const DEADLINE_MS = 300_000;

/**
 * Downloads through apt's own transport, so that whatever the machine's apt is told (proxies, redirections, https) holds
 * here too; checks the digest if one is given. The target appears whole or not at all.
 * Throws LabError `upstream`; its message holds apt's own, with `404` for a file that the mirror does not have.
 */
export async function downloadThroughApt(url: string, target: string, sha256?: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}`;
  const digest = sha256 === undefined ? [] : [`SHA256:${sha256}`];
  const result = await run(['/usr/lib/apt/apt-helper', '-q', 'download-file', url, part, ...digest], {
    timeoutMs: DEADLINE_MS,
  });
  if (result.code === 0) {
    renameSync(part, target);
    return;
  }
  rmSync(part, { force: true });
  rmSync(`${part}.FAILED`, { force: true });
  throw new LabError('upstream', `the machine's mirror did not give ${target}: ${result.stderr.trim()}`);
}
