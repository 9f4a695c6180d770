import type { ContentFaultReport, ContentStatus, RepositoryHealth } from '@thimble/protocol';
import type { StateLook } from './endpoint-states.ts';

export const REPOSITORY_HEALTH: Readonly<Record<RepositoryHealth, StateLook>> = {
  failing: {
    label: 'Failing',
    tone: 'failed',
    meaning: 'what upstream gave was not taken; the last good state serves',
  },
  stale: { label: 'Stale', tone: 'notice', meaning: 'not looked at for more than three intervals' },
  never: { label: 'Not yet', tone: 'notice', meaning: 'nothing was frozen yet' },
  fresh: { label: 'Verified', tone: 'good', meaning: 'the newest look found it good' },
  off: { label: 'Off', tone: 'quiet', meaning: 'no news are looked for; what is frozen still serves' },
};
/** What needs attention comes first. */
export const REPOSITORY_HEALTH_ORDER = Object.keys(REPOSITORY_HEALTH) as RepositoryHealth[];

export const FAULT_SIDES: Readonly<Record<ContentFaultReport['side'], StateLook>> = {
  trust: {
    label: 'Trust',
    tone: 'danger',
    meaning: 'it is not what an approved key vouches for: look before you do anything',
  },
  upstream: { label: 'Upstream', tone: 'notice', meaning: 'upstream’s own trouble; it may pass by itself' },
  host: { label: 'This server', tone: 'failed', meaning: 'this machine’s own disk or network' },
};

/** What upstream gave and was not taken, in a few words; codes of newer servers show as they are. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'no answer'],
  ['missing', 'a listed file is missing'],
  ['truncated', 'ended too early'],
  ['too-large', 'larger than it may be'],
  ['wrong-digest', 'other bytes than signed'],
  ['unsigned', 'not signed'],
  ['unknown-key', 'signed by another key'],
  ['bad-signature', 'signature does not hold'],
  ['weak-signature', 'signature is too weak'],
  ['expired', 'expired upstream'],
  ['rolled-back', 'older than seen before'],
  ['from-the-future', 'dated in the future'],
  ['same-version-other-bytes', 'same version, other bytes'],
  ['unsafe-path', 'unsafe path'],
  ['malformed', 'malformed'],
  ['unsupported', 'not supported'],
  ['disk-full', 'the disk is full'],
]);
export const faultInWords = (code: string): string => FAULTS.get(code) ?? code;

export const STORE_STATES: Readonly<Record<ContentStatus['state'], StateLook>> = {
  acquiring: { label: 'Acquiring', tone: 'good', meaning: 'patches are fetched and served' },
  full: { label: 'Full', tone: 'danger', meaning: 'nothing new is fetched; what is here is served' },
  unavailable: { label: 'Unavailable', tone: 'failed', meaning: 'the store does not answer' },
};
