import { EMPTY_TRUST, type TrustState } from '@thimble/agent-core';
import { APPROVER_SET_PAYLOAD_TYPE, ApproverSet, SignedStatement } from '@thimble/protocol';
import { approverSetFlaw, sha256 } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import { AgentError } from '../agent-error.ts';
import { openDisk } from '../state/disk.ts';
import { completeSwitch, readIdentity, type Identity } from '../state/identity.ts';
import { lockState } from '../state/lock.ts';
import { parseApproversPin } from './approvers-pin.ts';
import { openStatement } from './news-judge.ts';
import { readTrust, writeTrust } from './trust-file.ts';

// Root on the endpoint may always: whoever is that can replace the agent, too.

/**
 * Begins with the set of approvers of this digest, whatever was believed before. Until the server shows it, nothing that needs
 * approvers is done.
 *
 * @throws AgentError `bad-approvers`, `not-enrolled`, `already-running`
 */
export async function pinApprovers(stateDirectory: string, text: string): Promise<void> {
  const pinnedSha256 = parseApproversPin(text);
  await change(stateDirectory, (state) =>
    state.approvers?.sha256 === pinnedSha256 ? { ...state, pinnedSha256 } : { ...state, pinnedSha256, approvers: null },
  );
}

/**
 * The same with the set itself: a signed statement as JSON, or its payload. Nobody's signature is asked for but root's, who
 * gives it.
 *
 * @throws AgentError `bad-approvers`, `not-enrolled`, `already-running`
 */
export async function pinApproverSet(stateDirectory: string, file: Buffer): Promise<string> {
  const { set, digest } = readSet(file);
  const flaw = approverSetFlaw(set);
  if (flaw !== null) throw new AgentError('bad-approvers', 'input', `this set of approvers is not sound: ${flaw}`);
  await change(stateDirectory, (state, { organisationId }) => {
    if (set.organisationId !== organisationId)
      throw new AgentError('bad-approvers', 'input', 'this set of approvers is of another organisation');
    return { ...state, pinnedSha256: digest, approvers: { set, sha256: digest } };
  });
  return digest;
}

/**
 * Back to what was known at enrolment: no approvers, no stop, the order keys of then. The next check-in takes the first set of
 * approvers that the server shows.
 *
 * @throws AgentError `not-enrolled`, `already-running`
 */
export async function resetTrust(stateDirectory: string): Promise<void> {
  await change(stateDirectory, ({ refusedNews }) => ({ ...EMPTY_TRUST, refusedNews }));
}

async function change(
  stateDirectory: string,
  by: (state: TrustState, identity: Identity) => TrustState,
): Promise<void> {
  const disk = await openDisk(stateDirectory);
  // An agent that runs would write what it believes over it.
  const lock = await lockState(stateDirectory);
  try {
    await completeSwitch(disk);
    const identity = await readIdentity(disk);
    if (identity === null) throw new AgentError('not-enrolled', 'input', 'this endpoint is not enrolled');
    // A damaged file is no reason to keep it: this is the way out.
    const state = await readTrust(disk).catch(() => EMPTY_TRUST);
    await writeTrust(disk, by(state, identity));
  } finally {
    await lock.release();
  }
}

function readSet(file: Buffer): { readonly set: ApproverSet; readonly digest: string } {
  const value = parse(file);
  if (Value.Check(SignedStatement, value)) {
    const opened = openStatement(value, APPROVER_SET_PAYLOAD_TYPE, null);
    if (opened !== null && Value.Check(ApproverSet, opened.value)) return { set: opened.value, digest: opened.sha256 };
  }
  if (Value.Check(ApproverSet, value)) return { set: value, digest: sha256(file) };
  throw new AgentError('bad-approvers', 'input', 'this file holds no set of approvers');
}

function parse(file: Buffer): unknown {
  try {
    return JSON.parse(file.toString('utf8'));
  } catch {
    return null;
  }
}
