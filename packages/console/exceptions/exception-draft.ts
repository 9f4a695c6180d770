import type { CreateExceptionRequest, Exception } from '@thimble/protocol';
import { endOfDay } from '../format/day.ts';

/** What the dialog holds while it is filled in. */
export interface ExceptionDraft {
  readonly vulnerability: string;
  readonly kind: Exception['kind'];
  /** '': every package. */
  readonly package: string;
  /** '': every endpoint. */
  readonly endpointId: string;
  readonly justification: string;
  readonly reason: string;
  readonly owner: string;
  /** A day; '': it does not end by itself. */
  readonly expiresOn: string;
}

const REASON_MINIMUM = 3;

export type DraftProblems = Partial<Record<'justification' | 'reason' | 'owner' | 'expiresOn', string>>;

/** What is still missing or wrong, in words; an empty object: it can be sent. */
export function problemsOf(draft: ExceptionDraft, nowMs: number): DraftProblems {
  const { kind, justification, reason, owner, expiresOn } = draft;
  const end = expiresOn === '' ? undefined : endOfDay(expiresOn);
  return {
    ...(kind === 'not-affected' && justification === '' ? { justification: 'Choose why it is not affected.' } : {}),
    ...(reason.trim().length < REASON_MINIMUM ? { reason: 'Say why, for those who read it later.' } : {}),
    ...(owner.trim() === '' ? { owner: 'Somebody must answer for it.' } : {}),
    ...(kind === 'accepted' && expiresOn === '' ? { expiresOn: 'An accepted risk needs an end.' } : {}),
    ...(expiresOn !== '' && end === undefined ? { expiresOn: 'This is no day.' } : {}),
    ...(end !== undefined && Date.parse(end) <= nowMs ? { expiresOn: 'This day is over.' } : {}),
  };
}

export function requestOf(draft: ExceptionDraft): CreateExceptionRequest {
  const expiresAt = draft.expiresOn === '' ? undefined : endOfDay(draft.expiresOn);
  return {
    vulnerability: draft.vulnerability,
    kind: draft.kind,
    reason: draft.reason.trim(),
    owner: draft.owner.trim(),
    ...(draft.package === '' ? {} : { package: draft.package }),
    ...(draft.endpointId === '' ? {} : { endpointId: draft.endpointId }),
    ...(draft.kind === 'not-affected' ? { justification: draft.justification } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The same again, to take a revocation back. */
export function requestLike(exception: Exception): CreateExceptionRequest {
  const { vulnerability, kind, reason, owner, package: name, endpointId, justification, expiresAt } = exception;
  return {
    vulnerability,
    kind,
    reason,
    owner,
    ...(name === null ? {} : { package: name }),
    ...(endpointId === null ? {} : { endpointId }),
    ...(justification === null ? {} : { justification }),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}
