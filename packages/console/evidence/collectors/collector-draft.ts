import type { EvidenceExport, PutEvidenceExportRequest } from '@thimble/protocol';

/** What the form has: of both kinds of receivers, so that changing one's mind loses nothing. */
export interface CollectorDraft {
  readonly name: string;
  readonly kind: 'syslog' | 'https';
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly format: EvidenceExport['format'];
  /** PEM; empty: none. */
  readonly authorities: string;
  readonly clientCertificate: string;
  /** Empty: as it was. */
  readonly secret: string;
  readonly fromStart: boolean;
}

/** RFC 5425 section 4.1. */
const SYSLOG_PORT = 6514;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function draftOf(collector: EvidenceExport | undefined): CollectorDraft {
  const { name = '', destination, format = 'ocsf' } = collector ?? {};
  const syslog = destination?.kind === 'syslog' ? destination : undefined;
  return {
    name,
    kind: destination?.kind ?? 'syslog',
    host: syslog?.host ?? '',
    port: syslog?.port ?? SYSLOG_PORT,
    url: destination?.kind === 'https' ? destination.url : '',
    format,
    authorities: destination?.authorities ?? '',
    clientCertificate: syslog?.clientCertificate ?? '',
    secret: '',
    fromStart: false,
  };
}

export function isComplete({ name, kind, host, port, url }: CollectorDraft): boolean {
  if (!NAME.test(name)) return false;
  return kind === 'https' ? url.startsWith('https://') : host.trim() !== '' && port >= 1 && port <= 65_535;
}

export function requestOf(draft: CollectorDraft): PutEvidenceExportRequest {
  const { kind, format, secret, fromStart } = draft;
  const authorities = pemOf(draft.authorities);
  const clientCertificate = pemOf(draft.clientCertificate);
  return {
    destination:
      kind === 'https'
        ? { kind, url: draft.url.trim(), authorities }
        : { kind, host: draft.host.trim(), port: draft.port, authorities, clientCertificate },
    format: kind === 'https' ? 'ocsf' : format,
    ...(fromStart ? { from: 'start' } : {}),
    // A key without its certificate is nobody's.
    ...(kind === 'syslog' && clientCertificate === null ? { secret: null } : secret === '' ? {} : { secret }),
  };
}

function pemOf(text: string): string | null {
  return text.trim() === '' ? null : `${text.trim()}\n`;
}
