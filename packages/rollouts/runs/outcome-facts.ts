import type { DeployReport, OutcomeResult, Transaction, Verification } from '@thimble/protocol';
import { differenceInWords } from './difference-in-words.ts';
import type { ResultFacts, VerificationFacts } from './facts.ts';

const NAMED_AT_MOST = 20;
const EXPLAINED_AT_MOST = 3;

/** The part of an outcome that decides how its run goes on. */
export function outcomeFacts(result: OutcomeResult): ResultFacts {
  switch (result.kind) {
    case 'scanned':
      return { kind: 'scanned' };
    case 'pre-staged':
      return { kind: 'pre-staged', fetchedBytes: result.fetchedBytes, fromRelayBytes: result.fromRelayBytes };
    case 'tried':
      return { kind: 'tried', verdict: result.report.verdict, message: result.report.message };
    case 'planned':
      return {
        kind: 'planned',
        transactionDigest: result.transactionDigest,
        changeCount: result.transaction.changes.length,
        ...leftOut(result.transaction.excluded),
        ...(result.transaction.content === undefined ? {} : { snapshotId: result.transaction.content.snapshotId }),
      };
    case 'applied':
      return {
        kind: 'applied',
        verification: verificationFacts(result.verification, result.deploy),
        keptCount: result.kept.length,
      };
    case 'rebooted':
      return { kind: 'rebooted', verification: verificationFacts(result.verification, result.deploy) };
    case 'refused':
      return { kind: 'refused', code: result.code, message: differenceInWords(result.difference) ?? result.message };
    case 'failed':
      return {
        kind: 'failed',
        code: result.code,
        message: result.message,
        stage: result.stage,
        verification: result.verification === null ? null : verificationFacts(result.verification, result.deploy),
        keptCount: result.kept.length,
      };
    case 'cancelled':
      return { kind: 'cancelled', stage: result.stage };
  }
}

function leftOut(excluded: Transaction['excluded']): Pick<Extract<ResultFacts, { kind: 'planned' }>, 'leftOut'> {
  if (excluded.length === 0) return {};
  const first = excluded.slice(0, EXPLAINED_AT_MOST).map(({ name, why }) => `${name} (${why.slice(0, 300)})`);
  return { leftOut: { count: excluded.length, first } };
}

export function verificationFacts(verification: Verification, deploy?: DeployReport): VerificationFacts {
  const before = new Set(verification.failedUnitsBefore);
  return {
    effective: verification.effective,
    waits: verification.waits.slice(0, NAMED_AT_MOST),
    wrongVersionCount: verification.wrongVersions.length,
    brokenPackages: verification.brokenPackages.slice(0, NAMED_AT_MOST),
    newlyFailedUnits: verification.failedUnitsAfter.filter((unit) => !before.has(unit)).slice(0, NAMED_AT_MOST),
    gapCount: verification.gaps.length,
    failedChecks: deploy === undefined ? [] : failedChecks(deploy),
  };
}

/** What was asked after an installation and was not well: health checks, steps, ports on which nothing listens any more. */
function failedChecks({ steps, checks, lostListeners }: DeployReport): readonly string[] {
  return [
    ...[...steps, ...checks]
      .filter(({ passed }) => !passed)
      .map(({ name, message }) => `${name}: ${message}`.slice(0, 300)),
    ...lostListeners.map((listener) => `nothing listens any more on ${listener}`),
  ].slice(0, NAMED_AT_MOST);
}
