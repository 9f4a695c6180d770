import type { Assessment, Verdict } from '../match/index.ts';
import { purlOf } from '../match/purl-of.ts';
import { FIX_WORDS } from '../match/explain-evidence.ts';
import type { RiskException } from '../priority/index.ts';
import { JUSTIFICATIONS, mergedStatements, type VexStatement } from './statement.ts';

/** An exception with VEX's own reason, where one was given. */
export type JustifiedException = RiskException & { readonly justification: string | null };

/**
 * VEX statements from verdicts, and from the exceptions in force for them. An accepted risk stays `affected`: somebody bears it,
 * which changes nothing about the product. Software without a package URL has no name in VEX, and is left out.
 */
export function statementsOfAssessments(
  assessments: readonly Assessment[],
  exceptionFor: (assessment: Assessment, verdict: Verdict) => JustifiedException | null,
): readonly VexStatement[] {
  return mergedStatements(
    assessments.flatMap((assessment) => {
      const purl = purlOf(assessment.software);
      if (purl === null) return [];
      return [...assessment.verdicts, ...assessment.dismissed].map((verdict) => ({
        vulnerability: verdict.vulnerability,
        products: [purl],
        ...statementOf(verdict, exceptionFor(assessment, verdict)),
      }));
    }),
  );
}

type Said = Pick<VexStatement, 'status' | 'justification' | 'detail'>;

function statementOf(verdict: Verdict, exception: JustifiedException | null): Said {
  if (exception !== null && exception.kind !== 'accepted') {
    const justification = JUSTIFICATIONS.find((each) => each === exception.justification) ?? null;
    return { status: 'not_affected', justification, detail: exception.reason };
  }
  switch (verdict.outcome) {
    case 'affected':
      return { status: 'affected', justification: null, detail: actionOf(verdict, exception) };
    case 'unknown':
      return { status: 'under_investigation', justification: null, detail: '' };
    case 'not-affected': {
      const isFixed = verdict.evidence.some(({ decides, rule }) => decides && rule === 'at-or-above-fixed');
      if (isFixed) return { status: 'fixed', justification: null, detail: '' };
      return { status: 'not_affected', justification: 'vulnerable_code_not_present', detail: '' };
    }
    default:
      return verdict.outcome satisfies never;
  }
}

function actionOf({ fix, fixChannel }: Verdict, exception: RiskException | null): string {
  const channel = fixChannel === null ? '' : ` (channel ${fixChannel})`;
  const action =
    fix.version === null ? FIX_WORDS[fix.state] || 'No repair is stated' : `Update to ${fix.version}${channel}`;
  if (exception === null) return action;
  return `${action}. Risk accepted by ${exception.owner} until ${exception.expiresAt ?? 'revoked'}: ${exception.reason}`;
}
