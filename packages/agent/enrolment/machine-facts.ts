import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { EnrolRequest } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { AGENT_VERSION } from '../version.ts';

/** Debian's names of the architectures that Node runs on; others go as Node calls them. */
const DEBIAN_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

/** machine-id(5) asks applications to hash it with something of their own, and not to give it away as it is. */
const MACHINE_PREFIX = 'thimble-endpoint\n';

/** Digest of this machine's id; null: it has none (yet), as in many containers. */
export async function machineDigest(): Promise<string | null> {
  const machineId = ((await text('/etc/machine-id')) ?? '').trim();
  // machine-id(5): `uninitialized` during the first boot of an image.
  return /^[0-9a-f]{32}$/.test(machineId) ? sha256(`${MACHINE_PREFIX}${machineId}`) : null;
}

/** What enrolment tells of this machine, besides key and token. @param machine its digest; null: its name has to do. */
export async function machineFacts(machine: string | null): Promise<Omit<EnrolRequest, 'token' | 'publicKey'>> {
  const release = parseOsRelease((await text('/etc/os-release')) ?? (await text('/usr/lib/os-release')) ?? '');
  return {
    hostname: plainName(hostname()),
    machine: machine ?? sha256(`${MACHINE_PREFIX}hostname:${hostname()}`),
    os: { id: word(release.get('ID') ?? 'linux'), versionId: word(release.get('VERSION_ID') ?? '') },
    architecture: DEBIAN_ARCHITECTURES.get(process.arch) ?? process.arch,
    agentVersion: AGENT_VERSION,
  };
}

/** The server takes names as RFC 1123 has them, and `_`; a kernel without one says `(none)`. */
function plainName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 253) || 'unnamed'
  );
}

function word(text: string): string {
  return text.replace(/[^A-Za-z0-9._+~-]/g, '-').slice(0, 64);
}

/** os-release(5): shell-like assignments; what our two fields hold needs no escapes. */
function parseOsRelease(content: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of content.split('\n')) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line);
    if (match !== null) fields.set(match[1] ?? '', (match[2] ?? match[3] ?? match[4] ?? '').slice(0, 255));
  }
  return fields;
}

async function text(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
