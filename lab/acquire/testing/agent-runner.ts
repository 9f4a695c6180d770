/**
 * One life of the real agent inside a lab's endpoint: it is bundled into one file, copied there with a Node binary, and
 * started with what it is to do in its environment.
 */
import { createLog, enroll, runOnce } from '@thimble/agent';
import { createLocalHost } from '@thimble/drivers';

const { AGENT_SERVER: serverUrl = '', AGENT_TOKEN: token = '', AGENT_FINGERPRINT: caFingerprint = '' } = process.env;
if (serverUrl !== '') {
  const stateDirectory = '/var/lib/agent-of-the-test';
  await enroll({ serverUrl, token, caFingerprint, stateDirectory });
  const log = createLog((line) => void process.stderr.write(line), false);
  // Own repositories are looked at once: these tests are about others.
  const result = await runOnce({ stateDirectory, mode: 'timer', host: createLocalHost(), log, refreshHours: 1_000 });
  process.stdout.write(`${JSON.stringify({ ...result, rssBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
}
