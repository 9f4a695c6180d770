import { APPROVAL_PAYLOAD_TYPE, APPROVER_SET_PAYLOAD_TYPE, HALT_PAYLOAD_TYPE } from '@thimble/protocol';

/** Something that approvers sign, as it is stored: its payload is canonical JSON, byte for byte what is signed. */
export interface StatementRow {
  readonly id: string;
  readonly payload: string;
}

export type StatementKind = 'approval' | 'approver-set' | 'halt';

export const PAYLOAD_TYPE: Readonly<Record<StatementKind, string>> = {
  approval: APPROVAL_PAYLOAD_TYPE,
  'approver-set': APPROVER_SET_PAYLOAD_TYPE,
  halt: HALT_PAYLOAD_TYPE,
};
