import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Endpoint } from '../../endpoint.ts';
import { LabError } from '../../lab-error.ts';
import type { OrderServer } from './order-server.ts';

const NODE = '/usr/local/bin/node-of-the-test';
const RUNNER = '/usr/local/lib/agent-runner.mjs';

/** Puts this Node and the bundled agent into an endpoint. */
export async function installAgent(endpoint: Endpoint): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-runner-'));
  try {
    const outfile = join(folder, 'runner.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'agent-runner.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    });
    mkdirSync(join(endpoint.rootPath, 'usr/local/lib'), { recursive: true });
    copyFileSync(process.execPath, join(endpoint.rootPath, NODE));
    await endpoint.write(RUNNER, readFileSync(outfile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One check-in: the agent takes the orders that wait, ends them and goes. Gives its log. */
export async function runAgentOnce(endpoint: Endpoint, server: OrderServer): Promise<string> {
  const done = await endpoint.exec([NODE, RUNNER], {
    env: { AGENT_SERVER: server.url, AGENT_TOKEN: server.token, AGENT_FINGERPRINT: server.fingerprint },
    timeoutMs: 240_000,
  });
  if (done.code !== 0) throw new LabError('command-failed', `the agent ended with ${done.code}: ${done.stderr}`);
  return done.stderr;
}
