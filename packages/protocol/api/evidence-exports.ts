import { Type, type Static } from 'typebox';
import { Count, Prose, Timestamp } from '../fields.ts';

const Certificates = Type.String({ maxLength: 100_000 });

/** Syslog over TLS (RFC 5425); the receiver is known by its certificate. */
const SyslogDestination = Type.Object({
  kind: Type.Literal('syslog'),
  host: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._:-]+$' }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  /** PEM of the authorities that may vouch for the receiver; null: those of this machine. */
  authorities: Type.Union([Certificates, Type.Null()]),
  /** PEM, by which the receiver knows this server; null: it needs none. Its key is given apart, and never shown. */
  clientCertificate: Type.Union([Certificates, Type.Null()]),
});

/** Lines of JSON, posted; any 2xx says that they are kept. */
const HttpsDestination = Type.Object({
  kind: Type.Literal('https'),
  url: Type.String({ minLength: 1, maxLength: 2_000 }),
  authorities: Type.Union([Certificates, Type.Null()]),
});

export const ExportDestination = Type.Union([SyslogDestination, HttpsDestination]);
export type ExportDestination = Static<typeof ExportDestination>;

/** `ocsf`: an event of the Open Cybersecurity Schema Framework. `text`: the sentence for people; only for syslog. */
export const ExportFormat = Type.Union([Type.Literal('ocsf'), Type.Literal('text')]);
export type ExportFormat = Static<typeof ExportFormat>;

export const ExportName = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' });

/** Where an organisation's evidence goes besides, and how far it has come. */
export const EvidenceExport = Type.Object({
  name: ExportName,
  destination: ExportDestination,
  format: ExportFormat,
  /** Whether a client key or an authorization is kept with it. */
  hasSecret: Type.Boolean(),
  createdAt: Timestamp,
  /** The last record that the receiver has. */
  sentThrough: Count,
  /** Records that it has not. */
  behind: Count,
  lastSentAt: Type.Union([Timestamp, Type.Null()]),
  /** Since when nothing goes, why, and when it is tried again; null: all is well. */
  trouble: Type.Union([Type.Object({ since: Timestamp, message: Prose, nextTryAt: Timestamp }), Type.Null()]),
});
export type EvidenceExport = Static<typeof EvidenceExport>;

export const EvidenceExportList = Type.Object({ items: Type.Array(EvidenceExport) });
export type EvidenceExportList = Static<typeof EvidenceExportList>;

/** Makes or changes it. A new one begins with the records of now, unless `from` says otherwise. */
export const PutEvidenceExportRequest = Type.Object({
  destination: ExportDestination,
  format: ExportFormat,
  /** `start`: everything that there is, also for one that has sent before. */
  from: Type.Optional(Type.Union([Type.Literal('start'), Type.Literal('now')])),
  /**
   * PEM of the client's key for syslog, the value of the Authorization header for https. Left out: as it was; null: none. It
   * is given anew whenever the destination leads elsewhere.
   */
  secret: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 20_000 }), Type.Null()])),
});
export type PutEvidenceExportRequest = Static<typeof PutEvidenceExportRequest>;

/** What came of sending one record, the newest, once more: `problem` is null when the receiver has it. */
export const EvidenceExportTest = Type.Object({
  sequence: Count,
  tookMs: Count,
  problem: Type.Union([Prose, Type.Null()]),
});
export type EvidenceExportTest = Static<typeof EvidenceExportTest>;
