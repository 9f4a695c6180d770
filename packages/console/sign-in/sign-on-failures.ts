/** What the server's codes in the address of the sign-in page mean (`?failed=`), for a reader. */
const FAILURES: Readonly<Record<string, string>> = {
  'unknown-flow': 'Too much time has passed, or another browser asked. Try again.',
  'provider-refused': 'The identity provider did not let you in.',
  'provider-unreachable': 'The identity provider does not answer. Try again later, or sign in in another way.',
  'bad-answer': 'The answer of the identity provider does not hold. The log of the server says why.',
  'not-invited': 'The identity provider knows you, but nobody has invited you here. Ask an administrator.',
  disabled: 'Your account here was disabled.',
  taken: 'This identity belongs to another person here.',
  'confirm-yourself': 'To link an identity, sign in once more first.',
};

export function signOnFailure(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  return FAILURES[code] ?? 'The sign-in by the identity provider failed.';
}
