import type { EvidenceRecord } from '@thimble/protocol';
import { OCSF_SHAPES } from '../ocsf/shapes.ts';

/** `log audit` (RFC 5424 section 6.2.1). */
const FACILITY = 13;
/** Severities of syslog by those of OCSF: informational, notice, warning, error, critical. */
const SEVERITIES = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2 } as const;
/** The number that RFC 5612 leaves to examples: Thimble has none of its own, and receivers need a name with one. */
const STRUCTURED_ID = 'thimble@32473';

export interface SyslogSource {
  readonly hostname: string;
  readonly organisationId: string;
}

/** A message of RFC 5424. @param content what people or programs read */
export function syslogMessage(record: EvidenceRecord, content: string, source: SyslogSource): string {
  const { at, kind, sequence, actor, runId, endpointId, sha256 } = record;
  const priority = FACILITY * 8 + SEVERITIES[OCSF_SHAPES[kind].severityId];
  const data = {
    organisation: source.organisationId,
    sequence: String(sequence),
    actor,
    ...(runId === null ? {} : { run: runId }),
    ...(endpointId === null ? {} : { endpoint: endpointId }),
    sha256,
  };
  const parameters = Object.entries(data).map(([name, value]) => `${name}="${escaped(value)}"`);
  const header = `<${priority}>1 ${at} ${field(source.hostname, 255)} thimble - ${field(kind, 32)}`;
  // Without the mark of UTF-8 before it, which readers of JSON take for garbage; section 6.4 allows that.
  return `${header} [${STRUCTURED_ID} ${parameters.join(' ')}] ${content.replaceAll(/[\r\n]+/g, ' ')}`;
}

/** A frame of RFC 5425 section 4.3: its length in octets, a blank, the message. */
export function syslogFrame(message: string): Buffer {
  const bytes = Buffer.from(message, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** PRINTUSASCII without blanks (section 6); `-` says that there is nothing. */
function field(text: string, limit: number): string {
  const printable = text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, limit);
  return printable === '' ? '-' : printable;
}

/** Section 6.3.3: these three, and controls are no text. */
function escaped(value: string): string {
  return value.replaceAll(/[\p{Cc}]/gu, ' ').replaceAll(/["\\\]]/g, String.raw`\$&`);
}
