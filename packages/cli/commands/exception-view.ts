import type { Exception } from '@thimble/protocol';
import { type Column, formatAgo, printable, type Terminal } from '../terminal/index.ts';
import { printTable } from './print.ts';

export function printExceptions(terminal: Terminal, items: readonly Exception[], nowMs: number): void {
  printTable(terminal, columns(terminal, nowMs), items);
}

/** `risk accepted: CVE-… in openssl on web1, until 2026-12-06, by Dana Moss: patched on Sunday` */
export function exceptionInWords(exception: Exception): string {
  const { kind, vulnerability, package: name, hostname, expiresAt, owner, reason } = exception;
  const until = expiresAt === null ? '' : `, until ${expiresAt.slice(0, 10)}`;
  return printable(
    `${KINDS[kind]}: ${vulnerability} ${name === null ? 'in every package' : `in ${name}`} ${where(hostname)}${until}, by ${owner}: ${reason}`,
  );
}

const KINDS: Readonly<Record<Exception['kind'], string>> = {
  accepted: 'risk accepted',
  'not-affected': 'not affected',
  'false-positive': 'false positive',
};

function where(hostname: string | null): string {
  return hostname === null ? 'everywhere' : `on ${hostname}`;
}

function columns({ colour }: Terminal, nowMs: number): readonly Column<Exception>[] {
  return [
    { title: 'ID', value: ({ id }) => id, dispensable: 1 },
    { title: 'VULNERABILITY', value: ({ vulnerability }) => printable(vulnerability) },
    { title: 'KIND', value: ({ kind }) => KINDS[kind] },
    { title: 'IN', value: (each) => printable(each.package ?? 'every package'), flexible: true },
    { title: 'WHERE', value: ({ hostname }) => printable(hostname ?? 'everywhere'), flexible: true },
    { title: 'ENDS', value: (each) => end(each, nowMs, colour.dim) },
    { title: 'OWNER', value: ({ owner }) => printable(owner), flexible: true, dispensable: 2 },
    { title: 'REASON', value: ({ reason }) => printable(reason), flexible: true, dispensable: 3 },
  ];
}

function end({ revokedAt, expiresAt }: Exception, nowMs: number, dim: (text: string) => string): string {
  if (revokedAt !== null) return dim(`revoked ${formatAgo(revokedAt, nowMs)}`);
  if (expiresAt === null) return 'never';
  return Date.parse(expiresAt) <= nowMs ? dim(`expired ${formatAgo(expiresAt, nowMs)}`) : expiresAt.slice(0, 10);
}
