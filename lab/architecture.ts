import { runOrThrow } from './run.ts';

/** Debian's name of this machine's architecture, which its endpoints have too. */
export async function machineArchitecture(): Promise<string> {
  return (await runOrThrow(['dpkg', '--print-architecture'])).trim();
}
