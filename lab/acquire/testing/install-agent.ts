import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Endpoint } from '../../endpoint.ts';
import { LabError } from '../../lab-error.ts';
import type { OrderServer } from './order-server.ts';

const NODE = '/usr/local/bin/node-of-the-test';
const PROGRAM = '/usr/local/lib/thimble.cjs';
const ENTRY = join(import.meta.dirname, '../../../packages/cli/endpoint.ts');
const CALL_TIMEOUT_MS = 240_000;
/** Optional readers of a library, which are not installed. */
const EXTERNAL = ['ajv*', 'xmlbuilder2', 'libxmljs2'];
/** The agent's state on the endpoint. */
export const AGENT_STATE = '/var/lib/agent-of-the-test';

/** Puts this Node and the endpoint's program, bundled as it is for endpoints, into one that is off. */
export async function installAgent(endpoint: Endpoint): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-of-the-test-'));
  try {
    const outfile = join(folder, 'thimble.cjs');
    await build({
      entryPoints: [ENTRY],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: EXTERNAL,
      logLevel: 'silent',
    });
    mkdirSync(join(endpoint.rootPath, 'usr/local/lib'), { recursive: true });
    copyFileSync(process.execPath, join(endpoint.rootPath, NODE));
    await endpoint.write(PROGRAM, readFileSync(outfile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param service how it runs from then on; by default only when it is told to, by `runAgentOnce`. */
export async function enrolAgent(
  endpoint: Endpoint,
  { url, token, fingerprint }: OrderServer,
  service: readonly string[] = ['--no-service'],
): Promise<void> {
  await agent(endpoint, 'enroll', ...service, '--server', url, '--token', token, '--ca-fingerprint', fingerprint);
}

/** One check-in: the agent takes the orders that wait, ends them and goes. */
export async function runAgentOnce(endpoint: Endpoint): Promise<void> {
  // What else is installed there, and what its own repositories have, other tests look at.
  await agent(endpoint, 'check-in', '--refresh-hours', '168', '--software-folders', '/srv');
}

/** @returns what it printed. */
export async function agent(endpoint: Endpoint, command: string, ...options: readonly string[]): Promise<string> {
  const argv = [NODE, PROGRAM, 'agent', ...command.split(' '), '--state-dir', AGENT_STATE, ...options];
  const { code, stdout, stderr } = await endpoint.exec(argv, { timeoutMs: CALL_TIMEOUT_MS });
  if (code !== 0) throw new LabError('command-failed', `agent ${command} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
