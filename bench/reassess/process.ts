/**
 * A server as shipped with a fleet, measured from within: `node process.ts MIRROR ENDPOINTS MANIFESTS PACKAGES --data FOLDER ...`.
 * Prints a line of JSON per report, and ends when it is done or its input ends.
 */
import { loadSettings, processSources, startServer, STAGES } from '@thimble/server';
import { asSystem } from '@thimble/server/testing';
import { scenario } from './scenario.ts';

export type { Report } from './scenario.ts';

if (import.meta.main) {
  const [mirror = '', endpoints, manifests, packages, ...flags] = process.argv.slice(2);
  const settings = loadSettings(processSources(flags));
  const server = await startServer(settings, { stages: STAGES });
  process.stdin.resume().once('end', () => process.exit(1));
  const scale = { endpoints: Number(endpoints), manifests: Number(manifests), packages: Number(packages) };
  // As the server itself: by itself its database shows nothing to anybody.
  await asSystem(async () => {
    for await (const report of scenario(server, mirror, scale)) process.stdout.write(`${JSON.stringify(report)}\n`);
  });
  await server.stop();
  process.exit(0);
}
