import type {
  AffectedEndpoint,
  ExplainedVerdict,
  FeedHealth,
  FixState,
  Severity,
  SsvcDecision,
} from '@thimble/protocol';
import type { StateLook } from './endpoint-states.ts';

interface SeverityLook {
  readonly label: string;
  readonly meaning: string;
}

/** The worst first. What nobody rated comes before `low`: it may be anything. */
export const SEVERITIES: Readonly<Record<Severity, SeverityLook>> = {
  critical: { label: 'Critical', meaning: 'CVSS 9.0 to 10' },
  high: { label: 'High', meaning: 'CVSS 7.0 to 8.9' },
  medium: { label: 'Medium', meaning: 'CVSS 4.0 to 6.9' },
  unknown: { label: 'Not rated', meaning: 'nobody has rated it: it may be anything' },
  low: { label: 'Low', meaning: 'CVSS 0.1 to 3.9' },
  none: { label: 'None', meaning: 'CVSS 0' },
};
export const SEVERITY_ORDER = Object.keys(SEVERITIES) as Severity[];

export const DECISIONS: Readonly<Record<SsvcDecision, StateLook>> = {
  act: { label: 'Act', tone: 'danger', meaning: 'SSVC: as soon as possible' },
  attend: { label: 'Attend', tone: 'notice', meaning: 'SSVC: sooner than the regular updates' },
  'track-star': { label: 'Track*', tone: 'busy', meaning: 'SSVC: with the regular updates; watch for changes' },
  track: { label: 'Track', tone: 'quiet', meaning: 'SSVC: with the regular updates' },
};
export const DECISION_ORDER = Object.keys(DECISIONS) as SsvcDecision[];

export const FIX_STATES: Readonly<Record<FixState, StateLook>> = {
  fixed: { label: 'Fix available', tone: 'good', meaning: 'a version that repairs it is published' },
  none: { label: 'No fix yet', tone: 'notice', meaning: 'the publisher has no repair yet' },
  deferred: { label: 'Deferred', tone: 'notice', meaning: 'the repair comes with a later update' },
  'wont-fix': { label: 'Will not fix', tone: 'failed', meaning: 'the publisher will not repair it' },
  'end-of-life': { label: 'End of life', tone: 'failed', meaning: 'the package or release gets no repairs any more' },
  unknown: { label: 'Fix unknown', tone: 'quiet', meaning: 'nobody says whether there is a repair' },
};
export const FIX_STATE_ORDER = Object.keys(FIX_STATES) as FixState[];

export const VULNERABILITY_STATES: Readonly<Record<AffectedEndpoint['state'], StateLook>> = {
  open: { label: 'Open', tone: 'danger', meaning: 'the vulnerable version is installed' },
  'installed-not-effective': {
    label: 'Not effective',
    tone: 'wait',
    meaning: 'the fix is installed, old code still runs',
  },
  scheduled: { label: 'Scheduled', tone: 'busy', meaning: 'the fix is part of a run' },
  accepted: { label: 'Accepted', tone: 'quiet', meaning: 'an exception covers it' },
  closed: { label: 'Closed', tone: 'good', meaning: 'fixed and effective' },
};

export const VERDICTS: Readonly<Record<ExplainedVerdict['outcome'], StateLook>> = {
  affected: { label: 'Affected', tone: 'danger', meaning: 'the records say that this version is vulnerable' },
  unknown: { label: 'Not known', tone: 'notice', meaning: 'it could not be decided; not counted as safe' },
  'not-affected': {
    label: 'Not affected',
    tone: 'good',
    meaning: 'the records say that this version is not vulnerable',
  },
};

export const FEED_HEALTH: Readonly<Record<FeedHealth, StateLook>> = {
  failing: { label: 'Failing', tone: 'failed', meaning: 'the last attempt failed; the last good state is used' },
  stale: { label: 'Stale', tone: 'notice', meaning: 'not synchronised for more than three intervals' },
  never: { label: 'Never', tone: 'notice', meaning: 'not synchronised yet: what it would tell is unknown' },
  fresh: { label: 'Fresh', tone: 'good', meaning: 'synchronised within three intervals' },
  off: { label: 'Off', tone: 'quiet', meaning: 'nobody needs it, or it is switched off' },
};
/** What needs attention comes first. */
export const FEED_HEALTH_ORDER = Object.keys(FEED_HEALTH) as FeedHealth[];

const RUNTIMES: Readonly<Record<string, StateLook>> = {
  'listens-beyond': {
    label: 'Listens',
    tone: 'danger',
    meaning: 'a process that has it loaded listens on the network',
  },
  'listens-on-loopback': {
    label: 'Listens locally',
    tone: 'notice',
    meaning: 'a process that has it loaded listens on this machine only',
  },
  running: { label: 'Running', tone: 'notice', meaning: 'a running process has it loaded' },
  dormant: { label: 'Dormant', tone: 'quiet', meaning: 'no process has it loaded' },
  'left-over-kernel': {
    label: 'Left-over kernel',
    tone: 'quiet',
    meaning: 'a kernel that is installed and does not run',
  },
};
const RUNTIME_UNKNOWN: StateLook = {
  label: 'Unknown',
  tone: 'quiet',
  meaning: 'whether a process uses it could not be seen: counted like one that does',
};

/** Whether a vulnerable package is in use; words that this console does not know are unknown, not harmless. */
export function runtimeLook(runtime: string): StateLook {
  return (Object.hasOwn(RUNTIMES, runtime) ? RUNTIMES[runtime] : undefined) ?? RUNTIME_UNKNOWN;
}
/** The most reachable first; unknown counts like running. */
const RUNTIME_ORDER = ['listens-beyond', 'listens-on-loopback', 'running', 'unknown', 'dormant', 'left-over-kernel'];
export function runtimeRank(runtime: string): number {
  const at = RUNTIME_ORDER.indexOf(runtime);
  return at < 0 ? RUNTIME_ORDER.indexOf('unknown') : at;
}
