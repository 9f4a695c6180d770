import type { EvidenceRecord } from '@thimble/protocol';

type Kind = EvidenceRecord['kind'];

/** Classes of the Open Cybersecurity Schema Framework 1.3 that evidence falls into (schema.ocsf.io). */
export const OCSF_CLASSES = {
  accountChange: { uid: 3001, name: 'Account Change', category: 3, categoryName: 'Identity & Access Management' },
  authentication: { uid: 3002, name: 'Authentication', category: 3, categoryName: 'Identity & Access Management' },
  entityManagement: { uid: 3004, name: 'Entity Management', category: 3, categoryName: 'Identity & Access Management' },
  detectionFinding: { uid: 2004, name: 'Detection Finding', category: 2, categoryName: 'Findings' },
} as const;

/** `severity_id`: informational, low, medium, high, critical. */
export type OcsfSeverity = 1 | 2 | 3 | 4 | 5;

/** What an event says besides the record itself. */
export type OcsfShape = {
  readonly activityId: number;
  readonly activityName: string;
  readonly severityId: OcsfSeverity;
  /** `status_id`: success, failure. */
  readonly statusId: 1 | 2;
} & (
  | { readonly class: 'accountChange' | 'authentication' | 'detectionFinding' }
  | { readonly class: 'entityManagement'; readonly entity: string }
);

const ENTITY = { Create: 1, Read: 2, Update: 3, Delete: 4 } as const;
const ACCOUNT = {
  Create: 1,
  Enable: 2,
  Disable: 5,
  'Attach Policy': 7,
  'MFA Factor Enable': 10,
  'MFA Factor Disable': 11,
  Other: 99,
} as const;
const FINDING = { Create: 1, Update: 2, Close: 3 } as const;

/** Something that is managed here was made, changed, used or removed. */
function entity(name: string, does: keyof typeof ENTITY, severityId: OcsfSeverity = 1): OcsfShape {
  const activity = { activityId: ENTITY[does], activityName: does };
  return { class: 'entityManagement', entity: name, ...activity, severityId, statusId: 1 };
}

/** What somebody is, or by what somebody is known. */
function account(does: keyof typeof ACCOUNT, severityId: OcsfSeverity = 1): OcsfShape {
  return { class: 'accountChange', activityId: ACCOUNT[does], activityName: does, severityId, statusId: 1 };
}

/** Something that people who watch should see. */
function finding(does: keyof typeof FINDING, severityId: OcsfSeverity): OcsfShape {
  return { class: 'detectionFinding', activityId: FINDING[does], activityName: does, severityId, statusId: 1 };
}

const LOGON = { class: 'authentication', activityId: 1, activityName: 'Logon' } as const;

/** By the kind of a record; a kind that is missing here does not compile. */
export const OCSF_SHAPES: Readonly<Record<Kind, OcsfShape>> = {
  'endpoint-enrolled': entity('endpoint', 'Create'),
  'endpoint-removed': entity('endpoint', 'Delete', 2),
  'endpoint-admitted': entity('endpoint', 'Update'),
  'endpoint-refused': entity('endpoint', 'Update', 2),
  'endpoint-key-rotated': entity('key of an endpoint', 'Update'),
  'endpoint-quarantined': finding('Create', 4),
  'endpoint-released': finding('Close', 1),
  'endpoint-separated': finding('Create', 4),
  'enrolment-rules-changed': entity('rules of enrolment', 'Update', 2),
  'run-created': entity('patch run', 'Create'),
  'transaction-planned': entity('patch run', 'Update'),
  'run-approved': entity('patch run', 'Update', 2),
  'order-issued': entity('order', 'Create'),
  'order-cancelled': entity('order', 'Delete'),
  'approvers-proposed': entity('set of approvers', 'Update', 3),
  'approvers-signed': entity('set of approvers', 'Update', 2),
  'approvers-changed': entity('set of approvers', 'Update', 3),
  'approvers-withdrawn': entity('set of approvers', 'Update'),
  'approval-requested': entity('approval', 'Create'),
  'approval-signed': entity('approval', 'Update', 2),
  'approval-renewed': entity('approval', 'Update'),
  'approval-narrowed': entity('approval', 'Update'),
  'emergency-stop': finding('Create', 5),
  'go-on-proposed': finding('Update', 3),
  'go-on-signed': finding('Update', 3),
  'emergency-stop-ended': finding('Close', 3),
  'endpoint-refused-orders': finding('Create', 4),
  'outcome-recorded': entity('order', 'Update'),
  'finding-closed': finding('Close', 1),
  'signed-in': { ...LOGON, severityId: 1, statusId: 1 },
  'sign-in-refused': { ...LOGON, severityId: 3, statusId: 2 },
  'sessions-ended': { class: 'authentication', activityId: 2, activityName: 'Logoff', severityId: 1, statusId: 1 },
  'person-invited': account('Create', 2),
  'person-changed': account('Other'),
  'person-disabled': account('Disable', 2),
  'person-enabled': account('Enable', 2),
  'sign-in-link-created': account('Other', 2),
  'credential-added': account('MFA Factor Enable', 2),
  'credential-removed': account('MFA Factor Disable', 3),
  'identity-provider-changed': entity('identity provider', 'Update', 3),
  'identity-provider-removed': entity('identity provider', 'Delete', 3),
  'sign-in-rules-changed': entity('sign-in rules', 'Update', 3),
  'token-created': entity('token', 'Create', 2),
  'token-revoked': entity('token', 'Delete'),
  'organisation-created': entity('organisation', 'Create', 3),
  'organisation-renamed': entity('organisation', 'Update', 2),
  'organisation-archived': entity('organisation', 'Delete', 3),
  'organisation-restored': entity('organisation', 'Update', 3),
  'role-created': entity('role', 'Create', 2),
  'role-changed': entity('role', 'Update', 3),
  'role-removed': entity('role', 'Delete', 2),
  'grants-changed': account('Attach Policy', 3),
  'four-eyes-changed': entity('four-eyes rule', 'Update', 3),
  'failure-sharing-changed': entity('sharing of failures', 'Update', 3),
  'not-permitted': finding('Create', 3),
  'exception-created': entity('exception', 'Create', 2),
  'exception-revoked': entity('exception', 'Delete'),
  'override-set': entity('override', 'Create', 2),
  'override-ended': entity('override', 'Delete'),
  'vex-imported': entity('VEX statements', 'Create', 2),
  'feeds-imported': entity('feeds', 'Update'),
  'feed-changed': entity('feed', 'Update', 2),
  'repository-added': entity('repository', 'Create', 2),
  'repository-changed': entity('repository', 'Update', 2),
  'repository-removed': entity('repository', 'Delete', 2),
  'repository-fault': finding('Create', 4),
  'repository-recovered': finding('Close', 1),
  'snapshot-created': entity('snapshot', 'Create'),
  'snapshot-changed': entity('snapshot', 'Update'),
  'channel-moved': entity('channel', 'Update', 2),
  'channel-removed': entity('channel', 'Delete', 2),
  'content-changed': entity('content settings', 'Update', 2),
  'content-exported': entity('content', 'Read', 2),
  'content-imported': entity('content', 'Create', 2),
  'block-created': entity('block', 'Create', 3),
  'block-lifted': entity('block', 'Delete', 2),
  'relay-created': entity('relay', 'Create', 2),
  'relay-removed': entity('relay', 'Delete', 2),
  'policy-created': entity('policy', 'Create', 2),
  'policy-changed': entity('policy', 'Update', 2),
  'policy-removed': entity('policy', 'Delete', 2),
  'calendar-changed': entity('calendar', 'Update'),
  'freeze-created': entity('freeze', 'Create', 2),
  'freeze-ended': entity('freeze', 'Delete', 2),
  'rollout-started': entity('rollout', 'Create'),
  'rollout-decided': entity('rollout', 'Update', 2),
  'rollout-ended': entity('rollout', 'Update'),
  'backed-up': entity('backup', 'Create'),
  'database-restored': finding('Create', 4),
  'secrets-key-changed': entity('key of secrets', 'Update', 3),
  'order-key-rotated': entity('key of orders', 'Update', 4),
  'order-key-retired': entity('key of orders', 'Delete', 2),
  'agent-version-started': entity('version of the agent', 'Create', 2),
  'agent-version-advanced': entity('version of the agent', 'Update', 2),
  'agent-version-halted': finding('Create', 4),
  'agent-version-finished': entity('version of the agent', 'Update'),
  'agent-version-decided': entity('version of the agent', 'Update', 3),
  'agent-version-given-up': finding('Create', 3),
  'evidence-expired': entity('evidence', 'Delete', 2),
  'evidence-exported': entity('evidence', 'Read', 2),
  'evidence-export-set': entity('export of evidence', 'Update', 3),
  'evidence-export-removed': entity('export of evidence', 'Delete', 3),
};
