/** A relay as a process of its own, to be killed. Its settings are its argument; prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRelay } from '../index.ts';

const { directory, upstream, token } = JSON.parse(process.argv[2] ?? '') as Record<string, string>;
const relay = await openRelay({
  upstream: new URL(upstream ?? ''),
  token: token ?? '',
  ca: null,
  directory: directory ?? '',
  version: '0.1.0',
  url: 'https://relay.example:8444',
  certificateSha256: 'a'.repeat(64),
  cacheLimitBytes: 2 ** 30,
  bandwidthBytesPerSecond: null,
  reserveBytes: 0,
  now: () => new Date(),
  onEvent: () => undefined,
});
await relay.hello();
const server = createServer((request, response) => void relay.handle(request, response)).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
