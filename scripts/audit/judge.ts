/** A vulnerability in a package that Thimble is made of, by whoever found it. */
export interface OwnFinding {
  readonly by: 'thimble' | 'npm';
  /** CVE or GHSA, or whatever names it. */
  readonly vulnerability: string;
  readonly package: string;
  /** null: the one that is installed, which npm does not name. */
  readonly version: string | null;
  readonly severity: string;
}

/** Why one is borne with, and until which day (YYYY-MM-DD, included). */
export interface AuditException {
  readonly vulnerability: string;
  readonly package: string;
  readonly reason: string;
  readonly until: string;
}

export interface Judgement {
  readonly refused: readonly OwnFinding[];
  readonly excused: readonly OwnFinding[];
  /** Less than high. */
  readonly noted: readonly OwnFinding[];
}

/** All others count, also what nobody has rated: unknown is never fine. */
const BELOW_HIGH: ReadonlySet<string> = new Set(['none', 'info', 'low', 'medium', 'moderate']);

/** @param today YYYY-MM-DD */
export function judge(
  findings: readonly OwnFinding[],
  exceptions: readonly AuditException[],
  today: string,
): Judgement {
  const isExcused = (finding: OwnFinding): boolean =>
    exceptions.some(
      (one) => one.vulnerability === finding.vulnerability && one.package === finding.package && one.until >= today,
    );
  const severe = findings.filter(({ severity }) => !BELOW_HIGH.has(severity));
  return {
    refused: severe.filter((finding) => !isExcused(finding)),
    excused: severe.filter(isExcused),
    noted: findings.filter(({ severity }) => BELOW_HIGH.has(severity)),
  };
}

/** @throws Error for an exception that lacks something: one that is half written excuses nothing */
export function readExceptions(text: string): readonly AuditException[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new Error('exceptions are a list');
  return list.map((each: Partial<Record<string, unknown>>, index) => {
    const field = (name: string): string => {
      const value = each[name];
      if (typeof value === 'string' && value.trim() !== '') return value;
      throw new Error(`exception ${index + 1} has no ${name}`);
    };
    const until = field('until');
    if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
      throw new Error(`exception ${index + 1} ends on no day: ${until}`);
    return { vulnerability: field('vulnerability'), package: field('package'), reason: field('reason'), until };
  });
}
