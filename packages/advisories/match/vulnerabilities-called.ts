import type { Assessment } from './assessment.ts';

/**
 * Under which ids an assessment keeps what somebody calls by any of its names, in any case: its own id, another
 * database's (GHSA, PYSEC, RUSTSEC), or an advisory's (`DSA-5764-1`, which can be about several). Empty: no record at
 * hand knows the name.
 */
export function vulnerabilitiesCalled({ verdicts, dismissed }: Assessment, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const all = [...verdicts, ...dismissed];
  const exact = all.filter(({ vulnerability }) => vulnerability.toLowerCase() === wanted);
  const found =
    exact.length > 0
      ? exact
      : all.filter(({ evidence }) =>
          evidence.some(({ advisory }) =>
            [advisory.id, advisory.name, ...advisory.vulnerabilities, ...(advisory.aliases ?? [])].some(
              (each) => each.toLowerCase() === wanted,
            ),
          ),
        );
  return found.map(({ vulnerability }) => vulnerability);
}
