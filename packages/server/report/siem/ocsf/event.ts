import type { EvidenceRecord } from '@thimble/protocol';
import { OCSF_CLASSES, OCSF_SHAPES, type OcsfShape } from './shapes.ts';

/** Of the schema, not of Thimble. */
const SCHEMA_VERSION = '1.3.0';
/** Receivers cut what is longer, in the middle of the JSON; RFC 5425 section 4.3.1 asks them to take 8,192 bytes. */
const DETAIL_LIMIT_BYTES = 6_000;
const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'];

/** A record as an event of the Open Cybersecurity Schema Framework; what the schema has no place for is in `unmapped`. */
export function ocsfEvent(record: EvidenceRecord, organisationId: string): object {
  const { sequence, at, kind, summary, sha256, previousSha256, runId, endpointId } = record;
  const shape = OCSF_SHAPES[kind];
  const { uid, name, category, categoryName } = OCSF_CLASSES[shape.class];
  return {
    activity_id: shape.activityId,
    activity_name: shape.activityName,
    category_uid: category,
    category_name: categoryName,
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + shape.activityId,
    severity_id: shape.severityId,
    severity: SEVERITIES[shape.severityId],
    status_id: shape.statusId,
    status: shape.statusId === 1 ? 'Success' : 'Failure',
    time: Date.parse(at),
    message: summary,
    metadata: {
      version: SCHEMA_VERSION,
      uid: `${organisationId}/${sequence}`,
      sequence,
      event_code: kind,
      tenant_uid: organisationId,
      product: { name: 'Thimble', vendor_name: 'Thimble' },
    },
    ...subject(record, shape),
    // With these an auditor finds the record, and holds it against the log.
    unmapped: {
      kind,
      run_id: runId,
      endpoint_id: endpointId,
      sha256,
      previous_sha256: previousSha256,
      ...detail(record),
    },
  };
}

/** What the event is about, as its class demands. */
function subject({ actor, summary, sequence, endpointId }: EvidenceRecord, shape: OcsfShape): object {
  const user = { name: actor };
  switch (shape.class) {
    case 'authentication':
      return { user, service: { name: 'Thimble' } };
    case 'accountChange':
      return { user, actor: { user } };
    case 'entityManagement':
      return {
        actor: { user },
        entity: { type: shape.entity, name: shape.entity, uid: endpointId ?? String(sequence) },
      };
    case 'detectionFinding':
      return { actor: { user }, finding_info: { uid: String(sequence), title: summary } };
  }
}

function detail({ detail: given }: EvidenceRecord): object {
  return Buffer.byteLength(JSON.stringify(given) ?? '') > DETAIL_LIMIT_BYTES
    ? { detail_left_out: true }
    : { detail: given };
}
