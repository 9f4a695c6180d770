import type { ApproverSet, ApproverSignature } from './approval.ts';

/**
 * What a set demands of everything that it decides: approvals, the next set, the end of a stop. A passkey signs whatever challenge the
 * page of the server gives it, at a sign-in too, so that a stolen server can take one for the other. It can't with a key file.
 */
export type SignatureDemand = Pick<ApproverSet, 'threshold' | 'keyFilesAtLeast'>;

/** Different people of a set who signed, and how many of them did so by a key file. */
export interface SignatureCount {
  readonly people: number;
  readonly byKeyFile: number;
}

/** Of one signature a person. */
export function countSignatures(signatures: readonly Pick<ApproverSignature, 'kind'>[]): SignatureCount {
  return { people: signatures.length, byKeyFile: signatures.filter(({ kind }) => kind === 'file').length };
}

export const NO_SIGNATURES: SignatureCount = { people: 0, byKeyFile: 0 };

export function isEnough(demand: SignatureDemand, signed: SignatureCount): boolean {
  return signed.people >= demand.threshold && missingKeyFiles(demand, signed) === 0;
}

/** `2 of 2, a key file is still missing`, as soon as somebody signed; `people` stands after the numbers, such as ` (Ada)`. */
export function signaturesInWords(demand: SignatureDemand, signed: SignatureCount, people = ''): string {
  const missing = missingKeyFiles(demand, signed);
  const words = missing === 1 ? ', a key file is still missing' : `, ${missing} key files are still missing`;
  return `${signed.people} of ${demand.threshold}${people}${missing === 0 || signed.people === 0 ? '' : words}`;
}

/** Whether people who only sign in by passkey at a stolen server can be enough. */
export function passkeysSuffice({ threshold, keyFilesAtLeast = 0, approvers }: PeopleOfSet): boolean {
  const withPasskey = approvers.filter(({ keys }) => keys.some(({ kind }) => kind === 'passkey'));
  return threshold > 0 && keyFilesAtLeast === 0 && withPasskey.length >= threshold;
}

/**
 * How many key files a set that says nothing of it demands: one, where somebody has one and more than one person signs. A single
 * signature is left to either kind of key, or passkeys would be of no use.
 */
export function usualKeyFiles({ threshold, approvers }: Omit<PeopleOfSet, 'keyFilesAtLeast'>): number {
  return threshold > 1 && peopleWithKeyFile(approvers) > 0 ? 1 : 0;
}

export function peopleWithKeyFile(approvers: ApproverSet['approvers']): number {
  return approvers.filter(({ keys }) => keys.some(({ kind }) => kind === 'file')).length;
}

type PeopleOfSet = Pick<ApproverSet, 'threshold' | 'keyFilesAtLeast' | 'approvers'>;

function missingKeyFiles({ keyFilesAtLeast = 0 }: SignatureDemand, { byKeyFile }: SignatureCount): number {
  return Math.max(0, keyFilesAtLeast - byKeyFile);
}
