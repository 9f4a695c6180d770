import { UpstreamError } from '@thimble/upstream';

export type SingleSignOnCode =
  /** The answer is none to a question of this browser, or came too late. */
  | 'unknown-flow'
  /** The provider, or the person there, said no. */
  | 'provider-refused'
  | 'provider-unreachable'
  /** Its answer does not hold: another issuer, signature, nonce, audience or time. */
  | 'bad-answer'
  /** The provider knows the person, but nobody let them in here. */
  | 'not-invited'
  | 'disabled'
  | 'confirm-yourself'
  /** The identity is another person's already. */
  | 'taken';

/** Why a sign-in by a provider did not work: told by a code in the address of the sign-in page. */
export class SingleSignOnError extends Error {
  readonly code: SingleSignOnCode;
  constructor(code: SingleSignOnCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SingleSignOnError';
    this.code = code;
  }
}

/** What openid-client threw, in our words. */
export function singleSignOnError(error: unknown): SingleSignOnError {
  if (error instanceof SingleSignOnError) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UpstreamError) return new SingleSignOnError('provider-unreachable', cause.message, { cause });
    if (cause.name === 'AuthorizationResponseError')
      return new SingleSignOnError('provider-refused', cause.message, { cause });
  }
  return new SingleSignOnError('bad-answer', error instanceof Error ? error.message : String(error), { cause: error });
}
