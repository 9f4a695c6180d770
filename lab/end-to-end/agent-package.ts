import { LabError } from '../lab-error.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ServerUnderTest } from './server.ts';

/**
 * Installs the agent as its page tells: the .deb from the server, its digest compared with the one that the operator
 * sees, then dpkg. The endpoint does not know the server's CA yet, so the digest is what vouches for the file.
 */
export async function installAgent(server: ServerUnderTest, endpoint: Endpoint): Promise<void> {
  const { items } = await server.client.downloads();
  const deb = items.find(({ kind }) => kind === 'deb');
  if (deb === undefined) throw new LabError('command-failed', 'the server offers no .deb of the agent');
  const url = `${server.url}/api/v1/downloads/${encodeURIComponent(deb.name)}`;
  await endpoint.shell(`
    curl --silent --show-error --fail --insecure --output /tmp/thimble.deb '${url}'
    echo '${deb.sha256}  /tmp/thimble.deb' | sha256sum --check --quiet
    DEBIAN_FRONTEND=noninteractive dpkg -i /tmp/thimble.deb </dev/null
    rm /tmp/thimble.deb`);
}

export type EnrolOptions = { readonly mode?: 'service' | 'timer' };

/** Runs the ready command that the server gives out with a new token. */
export async function enrol(server: ServerUnderTest, endpoint: Endpoint, options: EnrolOptions = {}): Promise<string> {
  const created = await server.client.createEnrolmentToken({ name: endpoint.name, expiresInHours: 1, maximumUses: 1 });
  const mode = options.mode === undefined ? '' : ` --mode ${options.mode}`;
  return endpoint.shell(`${created.command}${mode}`);
}
