import type { KeySummary } from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';

const DAY_MS = 86_400_000;

/** Keys as vendors publish them: good ones, and one that may not be approved any more. */
export function fakeKeys(nowMs: number) {
  const random = seeded(8101);
  const key = (userId: string, ageDays: number, given: Partial<KeySummary> = {}): KeySummary => ({
    kind: 'openpgp',
    fingerprint: random.hex(40).toUpperCase(),
    userIds: [userId],
    createdAt: new Date(nowMs - ageDays * DAY_MS).toISOString(),
    expiresAt: new Date(nowMs + 1900 * DAY_MS).toISOString(),
    problem: '',
    ...given,
  });
  return {
    debian: key('Debian Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>', 1030),
    debianSecurity: key('Debian Security Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>', 1030),
    ubuntu: key('Ubuntu Archive Automatic Signing Key (2018) <ftpmaster@ubuntu.com>', 2980, { expiresAt: null }),
    postgresql: key('PostgreSQL Debian Repository', 5120, { expiresAt: null }),
    rocky: key('Rocky Enterprise Software Foundation - Release key 2022 <releng@rocky.example.org>', 1400),
    alpine: key('alpine-devel@lists.alpinelinux.org-6165ee59', 1500, { kind: 'rsa', expiresAt: null }),
    docker: key('Docker Release (CE deb) <docker@docker.com>', 3560, { expiresAt: null }),
    old: key('Example Tools Signing Key <keys@tools.example.org>', 4400, {
      expiresAt: new Date(nowMs - 40 * DAY_MS).toISOString(),
      problem: 'It expired 40 days ago.',
    }),
    vendor: key('Example Vendor Packages <packages@vendor.example.org>', 500),
  };
}

export type FakeKeys = ReturnType<typeof fakeKeys>;
