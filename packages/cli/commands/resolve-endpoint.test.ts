import type { EndpointSummary } from '@thimble/protocol';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { pickEndpoint } from './resolve-endpoint.ts';

const endpoint = (id: string, hostname: string): EndpointSummary => ({
  id,
  hostname,
  os: 'Debian GNU/Linux 12',
  osId: 'debian',
  architecture: 'amd64',
  kernel: '6.1.0-40',
  state: 'current',
  explanation: '',
  packageCount: 1,
  updateCount: 0,
  securityUpdateCount: 0,
  openFindingCount: 0,
  enrolledAt: '2026-05-03T12:00:00.000Z',
  lastSeenAt: null,
  connected: false,
  agentVersion: '0.1.0',
  rebootRequired: false,
});
const all = [
  endpoint('0192-a', 'web-1'),
  endpoint('0192-b', 'web-10'),
  endpoint('0193-c', 'db'),
  endpoint('0193-d', 'twin'),
  endpoint('0194-e', 'twin'),
];

describe('an endpoint is meant', () => {
  it.each([
    ['its id', '0192-b', '0192-b'],
    ['its name, also when others begin with it', 'web-1', '0192-a'],
    ['the beginning of its name', 'd', '0193-c'],
    ['the beginning of its id', '0194', '0194-e'],
  ])('by %s', (_, text, id) => {
    expect(pickEndpoint(all, text).id).toBe(id);
  });

  it.each([
    ['web-', 'ambiguous-endpoint'],
    ['twin', 'ambiguous-endpoint'],
    ['0193', 'ambiguous-endpoint'],
    ['mail', 'unknown-endpoint'],
    ['', 'unknown-endpoint'],
  ])('by nobody with %j: %s', (text, code) => {
    expect(() => pickEndpoint(all, text)).toThrow(expect.objectContaining({ code, exitCode: EXIT.usage }));
  });
});
