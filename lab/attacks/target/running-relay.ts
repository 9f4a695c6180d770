import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRelay, type RelayStatus } from '@thimble/content';
import { RELAY_TOKEN, REVISION, startFakeServer } from '@thimble/content/testing';
import { type Answer, type Sent, sendRequest } from './request.ts';

/** A relay near endpoints, as its program runs it. */
export interface RunningRelay {
  readonly send: (sent: Sent) => Promise<Answer>;
  readonly status: () => RelayStatus;
  /** What went wrong, as it told. */
  readonly said: () => readonly string[];
  /** Asks for a file of which the server sends other bytes than it stated. @returns its status; `broken`: the client got no whole file */
  readonly fetchAltered: (stated: Buffer, sent: Buffer) => Promise<number | 'broken'>;
  readonly close: () => Promise<void>;
}

/** @param upstream null: a server that sends what `fetchAltered` says */
export async function startRelay(
  directory: string,
  upstream: { readonly url: string; readonly token: string } | null,
): Promise<RunningRelay> {
  const said: string[] = [];
  const hostile = upstream === null ? await startFakeServer() : null;
  const relay = await openRelay({
    upstream: hostile?.url ?? new URL(upstream?.url ?? ''),
    token: upstream?.token ?? RELAY_TOKEN,
    ca: null,
    directory,
    version: '0.1.0',
    url: 'https://relay.example:8444',
    certificateSha256: 'a'.repeat(64),
    cacheLimitBytes: 1_000_000,
    bandwidthBytesPerSecond: null,
    reserveBytes: 0,
    now: () => new Date(),
    onEvent: (event) => {
      if (event.kind === 'failed') said.push(String(event.error));
    },
  });
  await relay.hello();
  const server = createServer((request, response) => void relay.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    send: (sent) => sendRequest(port, sent),
    status: relay.status,
    said: () => said,
    fetchAltered: async (bytes, sent) => {
      hostile?.files.set('a.deb', { bytes, sent });
      const path = `/content/revisions/${REVISION}/a.deb`;
      const headers = { authorization: `Bearer ${hostile?.ticket()}` };
      return sendRequest(port, { path, headers }).then(
        ({ status }) => (status === 200 ? status : 'broken'),
        () => 'broken',
      );
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await relay.close();
      await hostile?.down();
    },
  };
}
