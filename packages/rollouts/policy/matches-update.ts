import type { UpdateFilter } from '@thimble/protocol';
import { DEFAULTS } from './defaults.ts';
import { durationInWords, durationMs } from './duration.ts';
import { matchesGlob } from './glob.ts';
import type { UpdateTraits } from './traits.ts';

/** What of a filter does not hold, and when it will by itself; null: all of it holds. */
export interface UpdateMismatch {
  readonly why: string;
  /** Unix, milliseconds: nothing but time is missing; null: time alone changes nothing. */
  readonly untilMs: number | null;
}

/** Whether all that a filter states holds for an update. What is not known holds for no condition. */
export function matchesUpdate(filter: UpdateFilter, update: UpdateTraits, nowMs: number): boolean {
  return updateMismatch(filter, update, nowMs) === null;
}

/** The age comes last: whoever reads that it waits knows that nothing else is missing. */
export function updateMismatch(filter: UpdateFilter, update: UpdateTraits, nowMs: number): UpdateMismatch | null {
  const why = kindMismatch(filter, update) ?? nameMismatch(filter, update) ?? riskMismatch(filter, update);
  return why === null ? ageMismatch(filter, update, nowMs) : { why, untilMs: null };
}

/** From the vendor's security channel, or it closes a known vulnerability. */
export function isSecurityUpdate(update: UpdateTraits): boolean {
  return update.security || update.vulnerabilities.length > 0 || update.kev !== null;
}

function kindMismatch({ types, severities, origins }: UpdateFilter, update: UpdateTraits): string | null {
  const type = isSecurityUpdate(update) ? 'security' : 'other';
  if (!(types ?? DEFAULTS.types).some((each) => each === type))
    return type === 'other' ? 'it is no security update' : 'it is a security update';
  if (severities !== undefined && !severities.includes(update.severity))
    return update.severity === 'unknown' ? 'its severity is not known' : `its severity is ${update.severity}`;
  if (origins !== undefined && (update.origin === null || !origins.includes(update.origin)))
    return update.origin === null ? 'its origin is not known' : `it comes from ${update.origin}`;
  return null;
}

function nameMismatch({ packages, exceptPackages }: UpdateFilter, update: UpdateTraits): string | null {
  const named = (pattern: string): boolean => matchesGlob(pattern, update.source) || matchesGlob(pattern, update.name);
  if (packages !== undefined && !packages.some(named)) return 'no pattern names its package';
  const except = exceptPackages?.find(named);
  return except === undefined ? null : `${except} is excepted`;
}

function riskMismatch({ kev, epssAtLeast, ssvc }: UpdateFilter, update: UpdateTraits): string | null {
  if (kev === true && update.kev === null) return 'nothing that it closes is known to be exploited';
  if (epssAtLeast !== undefined && (update.epss === null || update.epss < epssAtLeast))
    return update.epss === null
      ? 'its EPSS probability is not known'
      : `its EPSS probability is ${update.epss}, below ${epssAtLeast}`;
  if (ssvc !== undefined && (update.ssvc === null || !ssvc.includes(update.ssvc)))
    return update.ssvc === null ? 'its SSVC decision is not known' : `its SSVC decision is ${update.ssvc}`;
  return null;
}

function ageMismatch({ publishedAtLeast }: UpdateFilter, update: UpdateTraits, nowMs: number): UpdateMismatch | null {
  if (publishedAtLeast === undefined) return null;
  const ageMs = durationMs(publishedAtLeast);
  if (ageMs === null) return { why: `${publishedAtLeast} is no length of time`, untilMs: null };
  if (update.publishedMs === null)
    return { why: `nobody knows when it was published, so it can't count as ${publishedAtLeast} old`, untilMs: null };
  const untilMs = update.publishedMs + ageMs;
  if (nowMs >= untilMs) return null;
  return {
    why: `it was published ${durationInWords(Math.max(0, nowMs - update.publishedMs))} ago, and has to be ${publishedAtLeast} old`,
    untilMs,
  };
}
