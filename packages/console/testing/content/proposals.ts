import type { RepositoryProposal } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import type { FakeKeys } from './keys.ts';

/** What the fleet has configured and nobody decided about: ready ones, one that is unsigned, one with an expired key. */
export function fakeProposals(keys: FakeKeys, fleet: readonly FakeEndpoint[]): RepositoryProposal[] {
  const random = seeded(8103);
  const make = (name: string, uri: string, part: number, given: Partial<RepositoryProposal>): RepositoryProposal => {
    const count = Math.max(1, Math.round(fleet.length * part));
    return {
      id: random.hex(64),
      format: 'apt',
      uris: [uri],
      mirrorList: null,
      suite: 'bookworm',
      components: ['main'],
      architectures: ['amd64'],
      name,
      endpointCount: count,
      endpoints: fleet.slice(0, Math.min(10, count)).map(({ summary }) => summary.hostname),
      keys: [],
      unsignedCount: 0,
      problem: '',
      ...given,
    };
  };
  const of = (key: FakeKeys[keyof FakeKeys], endpointCount: number) => [{ key, endpointCount }];
  return [
    make('Debian 12 backports', 'http://deb.example.org/debian', 0.14, {
      suite: 'bookworm-backports',
      keys: of(keys.debian, Math.max(1, Math.round(fleet.length * 0.14))),
    }),
    make('Docker', 'https://download.containers.example.org/linux/debian', 0.31, {
      components: ['stable'],
      architectures: ['amd64', 'arm64'],
      keys: of(keys.docker, Math.max(1, Math.round(fleet.length * 0.31))),
    }),
    make('Tools of this company', 'http://tools.example.org/apt', 0.05, {
      suite: './',
      components: [],
      unsignedCount: 4,
      problem:
        '4 endpoints take it without a signature, and none has a key for it. Sign it, or let the endpoints know its key.',
    }),
    make('Monitoring', 'https://packages.tools.example.org/apt/stable', 0.02, {
      keys: of(keys.old, 3),
      problem: 'Its only key has expired. The vendor’s new one has to be on an endpoint, or be given by hand.',
    }),
  ];
}
