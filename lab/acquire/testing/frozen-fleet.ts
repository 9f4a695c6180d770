import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import type { RepositorySummary, RunDetail, Selection, SnapshotDetail } from '@thimble/protocol';
import { MIRROR_HOST } from '../../clone.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { Fleet } from '../../end-to-end/fleet.ts';
import { waitForRun } from '../../end-to-end/runs.ts';
import type { ServerUnderTest } from '../../end-to-end/server.ts';
import { waitFor } from '../../end-to-end/wait-for.ts';
import { runOrThrow } from '../../run.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'main.ts');

/** Endpoints name the mirror by its number: only they know its name, and the server asks at the very address that they have. */
export async function nameMirrorByNumber(fleet: Fleet, machine: Endpoint): Promise<void> {
  await machine.shell(`sed -i 's#//${MIRROR_HOST}:#//${fleet.lab.gateway}:#' /etc/apt/sources.list`);
}

/** The real command on the server's own machine; gives what it prints. */
export async function thimble(server: ServerUnderTest, ...args: readonly string[]): Promise<string> {
  const argv = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM, ...args];
  return runOrThrow(argv, { env: { PATH: process.env['PATH'] ?? '', THIMBLE_DATA: server.dataDirectory } });
}

/** Takes on what endpoints have configured, with the keys that they check it by, by the real command. */
export async function approveProposals(server: ServerUnderTest, count: number): Promise<readonly RepositorySummary[]> {
  await waitFor(`${count} proposals`, async () => (await server.client.proposals()).total === count, {
    state: async () => JSON.stringify(await server.client.proposals()),
  });
  const printed = await thimble(server, 'content', 'repositories', 'add', '--from-proposals', '--yes', '--json');
  return (JSON.parse(printed) as { items: readonly RepositorySummary[] }).items;
}

/** Asks upstreams, verifies and freezes, by the real command. */
export async function takeSnapshot(
  server: ServerUnderTest,
  name: string,
  ...more: readonly string[]
): Promise<SnapshotDetail> {
  return JSON.parse(await thimble(server, 'content', 'snapshot', '--name', name, '--json', ...more)) as SnapshotDetail;
}

/** A run from a snapshot, whose plans are all there. */
export async function planFrom(
  server: ServerUnderTest,
  { summary: { id: snapshotId } }: SnapshotDetail,
  endpoints: readonly string[],
  selection: Selection,
): Promise<RunDetail> {
  const { summary } = await server.client.createRun({
    endpoints: [...endpoints],
    selection,
    content: { snapshotId },
  });
  return waitForPlans(server, summary.id);
}

export async function waitForPlans(server: ServerUnderTest, runId: string): Promise<RunDetail> {
  return waitForRun(server, runId, 'its plans', ({ targets }) => targets.every(({ state }) => state !== 'planning'));
}

/** apt's configuration, keyrings, lists and cache: what an order must leave as they are. */
export async function digestOfOwnFiles(machine: Endpoint): Promise<string> {
  return machine.shell(
    'find /etc/apt /usr/share/keyrings /var/lib/apt/lists /var/cache/apt -type f ! -name lock | sort | xargs -d "\\n" sha256sum',
  );
}

/** A ticket as a machine without an agent has it, out of what `thimble content config` prints. */
export async function ticketFor(server: ServerUnderTest, snapshot: SnapshotDetail): Promise<string> {
  const printed = await thimble(server, 'content', 'config', snapshot.summary.id, '--format', 'apt');
  const [, ticket] = /^machine \S+ login thimble password (\S+)$/m.exec(printed) ?? [];
  if (ticket === undefined) throw new Error(`no ticket in:\n${printed}`);
  return ticket;
}

interface ContentReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A plain HTTPS client that trusts the server's own CA. Rejects when the answer is broken off. */
export async function readContent(
  server: ServerUnderTest,
  path: string,
  password: string | null,
): Promise<ContentReply> {
  const options = {
    ca: readFileSync(certificateAuthority(server)),
    agent: false,
    ...(password === null ? {} : { auth: `thimble:${password}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`https://127.0.0.1:${new URL(server.url).port}${path}`, options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Of the certificate that the server made for itself. */
function certificateAuthority(server: ServerUnderTest): string {
  return join(server.dataDirectory, 'tls', 'ca.pem');
}

export const contentPath = (revisionId: string, path: string): string => `/content/revisions/${revisionId}/${path}`;

export function missing(what: string): never {
  throw new Error(`${what} is missing`);
}
