/**
 * The server under test, in a process of its own: `node server-process.ts --data FOLDER ...`. Prints one line of JSON
 * when it is ready; ends on SIGTERM. A line on its input asks for a new sign-in link.
 */
import { createInterface } from 'node:readline';
import { loadSettings, processSources, STAGES, startServer } from '@thimble/server';

export type ServerReady = {
  readonly url: string;
  readonly localUrl: string;
  readonly caFingerprint: string;
};

if (import.meta.main) {
  const server = await startServer(loadSettings(processSources(process.argv.slice(2))), { stages: STAGES });
  const ready: ServerReady = {
    url: server.url,
    localUrl: server.localUrl,
    caFingerprint: server.caFingerprint,
  };
  process.stdout.write(`${JSON.stringify({ ready })}\n`);
  createInterface({ input: process.stdin }).on('line', () => {
    void server.signInLink().then((signInLink) => process.stdout.write(`${JSON.stringify({ signInLink })}\n`));
  });
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  const error = await server.failed;
  process.stderr.write(`${error.stack ?? String(error)}\n`);
  await server.stop();
  process.exit(1);
}
