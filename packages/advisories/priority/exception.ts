/** An accepted risk, or a statement that a finding does not hold. */
export interface RiskException {
  readonly vulnerability: string;
  /** Name of a source or binary package; null: every package. */
  readonly package: string | null;
  /** null: every endpoint of the organisation. */
  readonly endpoint: string | null;
  readonly kind: 'accepted' | 'not-affected' | 'false-positive';
  readonly owner: string;
  readonly reason: string;
  /** ISO 8601; null: it does not end by itself, which an accepted risk must. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface ExceptableFinding {
  readonly vulnerability: string;
  readonly endpoint: string;
  /** The names under which the package is known: binary and source. */
  readonly packages: readonly string[];
}

export function isExcepted(finding: ExceptableFinding, exceptions: readonly RiskException[], now: Date): boolean {
  return exceptionFor(finding, exceptions, now) !== null;
}

/** The first exception that covers a finding now. What has ended, was revoked or has no readable end covers nothing. */
export function exceptionFor<Given extends RiskException>(
  finding: ExceptableFinding,
  exceptions: readonly Given[],
  now: Date,
): Given | null {
  return exceptions.find((exception) => covers(exception, finding) && isInForce(exception, now)) ?? null;
}

function covers(exception: RiskException, finding: ExceptableFinding): boolean {
  return (
    exception.vulnerability === finding.vulnerability &&
    (exception.endpoint === null || exception.endpoint === finding.endpoint) &&
    (exception.package === null || finding.packages.includes(exception.package))
  );
}

export function isInForce({ kind, expiresAt, revokedAt }: RiskException, now: Date): boolean {
  if (revokedAt !== null) return false;
  if (expiresAt === null) return kind !== 'accepted';
  // Date.parse gives NaN for what it can't read: not later than anything.
  return Date.parse(expiresAt) > now.getTime();
}
