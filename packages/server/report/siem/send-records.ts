import type { EvidenceRecord } from '@thimble/protocol';
import type { ServerContext } from '../../context.ts';
import { sendHttps } from './delivery/send-https.ts';
import { sendSyslog } from './delivery/send-syslog.ts';
import { syslogMessage } from './delivery/syslog-message.ts';
import { ocsfEvent } from './ocsf/event.ts';
import { SECRET_PURPOSE, type StoredExport } from './stored-export.ts';

/** @throws Error why it is not known that the receiver has them all */
export async function sendRecords(
  context: ServerContext,
  stored: StoredExport,
  records: readonly EvidenceRecord[],
): Promise<void> {
  const { destination, organisation_id: organisationId, format } = stored;
  const secret =
    stored.secret_sealed === null
      ? undefined
      : context.secrets.open(SECRET_PURPOSE, stored.secret_sealed).toString('utf8');
  const event = (record: EvidenceRecord): string => JSON.stringify(ocsfEvent(record, organisationId));
  switch (destination.kind) {
    case 'https':
      return sendHttps(destination, secret, records.map(event), context.stopping);
    case 'syslog': {
      const source = { hostname: new URL(context.publicUrl).hostname, organisationId };
      const messages = records.map((record) =>
        syslogMessage(record, format === 'ocsf' ? event(record) : record.summary, source),
      );
      return sendSyslog(destination, secret, messages, context.stopping);
    }
  }
}
