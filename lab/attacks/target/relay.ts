import type { CreatedRelay, RelayHello } from '@thimble/protocol';
import { bearer } from './content.ts';
import type { Sent } from './request.ts';
import type { Target } from './target.ts';

let registered = 0;

/** @returns its token */
export async function registerRelay(target: Target): Promise<string> {
  registered += 1;
  const { json, status } = await target.call('POST', '/content/relays', { name: `relay-${registered}` });
  if (status !== 201) throw new Error(`no relay was registered: ${status}`);
  return (json as CreatedRelay).token;
}

/** What a relay says to the server once a minute, with this token. */
export function hello(token: string, change: Partial<RelayHello> = {}): Sent {
  const said: RelayHello = {
    version: '0.1.0',
    url: 'https://relay.example:8444',
    certificateSha256: 'a'.repeat(64),
    startedAt: '2026-11-22T12:00:00.000Z',
    cacheBytes: 0,
    cacheLimitBytes: 1_000_000,
    objectCount: 0,
    freeBytes: null,
    sequence: 1,
    usage: [],
    ...change,
  };
  return {
    method: 'POST',
    path: '/api/v1/relay/hello',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify(said),
  };
}
