import { fileURLToPath } from 'node:url';
import { FAKE_LINK, startFakeApi } from './fake-api.ts';

/** `node packages/console/testing/fake-api-main.ts`: the fake API for development, with the built console beside it. */
const api = await startFakeApi({
  port: Number(process.env['THIMBLE_PORT'] ?? '8080'),
  endpointCount: Number(process.env['THIMBLE_FAKE_ENDPOINTS'] ?? '2000'),
  consoleFolder: fileURLToPath(new URL('../dist', import.meta.url)),
});
process.stdout.write(`${api.url}/sign-in#link=${FAKE_LINK}\n`);
