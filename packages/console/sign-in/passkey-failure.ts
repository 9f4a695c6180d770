import { ProblemError } from '../api/client.ts';

/**
 * Why a passkey did not work, for a reader. Browsers tell little, so that no page learns which passkeys there are
 * (Web Authentication level 3 section 14.5.1).
 */
export function passkeyFailure(error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  return new ProblemError({
    type: 'about:blank',
    title: error.name === 'InvalidStateError' ? 'This passkey is known already' : 'No passkey was given',
    status: 400,
    code: 'no-passkey',
    side: 'input',
    detail: 'The browser showed none, or you went back.',
    hint: 'Try again, or choose another way.',
  });
}
