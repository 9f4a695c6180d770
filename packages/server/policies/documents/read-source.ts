import type { PolicyDocument, PolicyProblem, ValidatePolicyRequest } from '@thimble/protocol';
import { type Policy, parsePolicy, parsePolicyText, printPolicy } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { missingCalendars } from '../calendars/missing-calendars.ts';
import { missingContent } from './missing-content.ts';

/** A policy that somebody wrote, as it will be stored. */
export interface ReadPolicy {
  readonly policy: Policy;
  readonly document: PolicyDocument;
  /** As it was written; printed anew when it came as JSON. */
  readonly text: string;
  readonly warnings: readonly PolicyProblem[];
}

export type ReadSource =
  | { readonly ok: true; readonly read: ReadPolicy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[]; readonly warnings: readonly PolicyProblem[] };

/** What was written, or all that is wrong with it. @throws HttpProblem 400 for a text and a document at once. */
export async function readSource(
  within: Kysely<Tables>,
  organisationId: string,
  source: ValidatePolicyRequest,
): Promise<ReadSource> {
  const parsed = parse(source);
  if (!parsed.ok) return { ok: false, problems: parsed.problems, warnings: [] };
  const { policy, document } = parsed;
  const warnings = [...parsed.warnings, ...(await missingContent(within, organisationId, policy))];
  const problems = await missingCalendars(within, organisationId, policy.blackouts);
  if (problems.length > 0) return { ok: false, problems, warnings };
  return {
    ok: true,
    read: { policy, document, text: 'text' in source ? source.text : printPolicy(document), warnings },
  };
}

/** @throws HttpProblem 400, 422 `policy-invalid` with the problems in `extra`. */
export async function readValidSource(
  within: Kysely<Tables>,
  organisationId: string,
  source: ValidatePolicyRequest,
): Promise<ReadPolicy> {
  const read = await readSource(within, organisationId, source);
  if (read.ok) return read.read;
  throw policyInvalid(read.problems);
}

export function policyInvalid(problems: readonly PolicyProblem[]): HttpProblem {
  const [first] = problems;
  const more = problems.length - 1;
  return new HttpProblem(422, 'policy-invalid', {
    detail: `${inWords(first)}${more > 0 ? `; and ${more} more` : ''}`,
    ...(first?.hint === undefined || first.hint === null ? {} : { hint: first.hint }),
    extra: { problems },
  });
}

function inWords(problem: PolicyProblem | undefined): string {
  if (problem === undefined) return 'The policy can’t be read.';
  const place = [problem.line === null ? '' : `line ${problem.line}`, problem.path].filter((word) => word !== '');
  return `${place.join(', ')}${place.length === 0 ? '' : ': '}${problem.message}`;
}

function parse(source: ValidatePolicyRequest) {
  if (!('text' in source)) return parsePolicy(source.document);
  if ('document' in source)
    throw new HttpProblem(400, 'invalid-request', { detail: 'Give the policy as text or as a document, not as both.' });
  return parsePolicyText(source.text);
}
