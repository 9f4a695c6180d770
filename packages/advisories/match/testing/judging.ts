import type { Software } from '../../model/index.ts';
import { assess } from '../assess.ts';
import type { Assessment, ClaimRecord } from '../assessment.ts';
import { FRESH } from './records.ts';

export const judge = (subject: Software, ...records: readonly ClaimRecord[]): Assessment =>
  assess(subject, records, { fresh: FRESH });
/** `CVE: outcome by rule, installed sign boundary` of every verdict, those that do not apply in brackets. */
export const brief = ({ verdicts, dismissed }: Assessment): readonly string[] =>
  [...verdicts, ...dismissed].map(({ outcome, evidence }) =>
    [
      outcome,
      ...evidence.map(
        (each) =>
          `${each.decides ? '' : '('}${each.rule} ${each.installed}${each.comparison ?? ''}${each.boundary ?? ''}${each.decides ? '' : ')'}`,
      ),
    ].join(' '),
  );
export const outcome = (assessment: Assessment): string | undefined =>
  [...assessment.verdicts, ...assessment.dismissed][0]?.outcome;
