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

export const STORE_STATES: Readonly<Record<ContentStatus['state'], StateLook>> = {
  acquiring: { label: 'Acquiring', tone: 'good', meaning: 'patches are fetched and served' },
  full: { label: 'Full', tone: 'danger', meaning: 'nothing new is fetched; what is here is served' },
  unavailable: { label: 'Unavailable', tone: 'failed', meaning: 'the store does not answer' },
};
