import { expect, it } from 'vitest';
import { change, transaction } from './testing/transactions.ts';
import { listeningTerminal } from './testing/terminal.ts';
import { differenceLines, transactionLines } from './transaction-view.ts';

it('shows security first, then what else changes, then what follows from it', () => {
  const { terminal } = listeningTerminal({ width: 78 });
  const shown = transactionLines(
    terminal,
    transaction(
      [
        change('openssl', '3.0.20-1', '3.0.22-1', { security: true }),
        change('libssl3', '3.0.20-1', '3.0.22-1', { security: true, reason: 'dependency' }),
        change('tzdata', '2025a', '2026b'),
        change('libnew1', null, '1.0'),
        change('oldthing', '0.9', null),
      ],
      {
        servicesToRestart: ['nginx.service', 'ssh.service'],
        reboot: { needed: true, reasons: ['kernel 6.1.0-40 replaces the running 6.1.0-37'] },
        conffileConflicts: [{ package: 'nginx-common', path: '/etc/nginx/nginx.conf' }],
        excluded: [{ name: 'curl', architecture: 'amd64', why: 'held back by the administrator' }],
        rollbackGaps: [
          { what: 'tzdata 2025a', why: 'no index has it any more' },
          { what: 'oldthing 0.9', why: 'no index has it any more' },
        ],
      },
    ),
  );
  expect(`\n${shown.join('\n')}\n`).toBe(`
5 packages change: 6.0 MB to download, 2.0 kB more on disk.

Security updates (2)
  openssl  3.0.20-1 → 3.0.22-1  1.5 MB
  libssl3  3.0.20-1 → 3.0.22-1  1.5 MB  dependency

Other updates (1)
  tzdata  2025a → 2026b  1.5 MB

Newly installed, needed by the others (1)
  libnew1  1.0     1.5 MB

Removed (1)
  oldthing  0.9

Services that restart
  nginx.service, ssh.service

Needs a reboot to become effective
  kernel 6.1.0-40 replaces the running 6.1.0-37

Changed here and by the update: your version is kept
  /etc/nginx/nginx.conf (nginx-common)

Left out (1)
  curl: held back by the administrator

Can’t be rolled back (2)
  tzdata 2025a, oldthing 0.9: no index has it any more
`);
});

it('lets no escape sequence of a package’s name or reason through', () => {
  const { terminal } = listeningTerminal({});
  const hostile = transaction([change('x', '1', '2')], {
    reboot: { needed: true, reasons: ['\u001b]0;owned\u0007'] },
    excluded: [{ name: 'y', architecture: 'amd64', why: 'a\u001b[2Jb' }],
  });
  expect(transactionLines(terminal, hostile).join('')).not.toMatch(/\p{Cc}/u);
});

it('says what a machine would do otherwise than was approved', () => {
  const lines = differenceLines({
    unapproved: [change('libextra', null, '1')],
    missing: [change('openssl', '1', '2')],
    changed: [{ approved: change('curl', '1', '2'), actual: change('curl', '1', '3') }],
  });
  expect(lines).toEqual([
    '  not approved: install libextra 1',
    '  approved, but would not happen: upgrade openssl 1 → 2',
    '  approved: upgrade curl 1 → 2, would be: upgrade curl 1 → 3',
  ]);
});
