import type { PolicyProblem } from '@thimble/protocol';
import { createContext, useContext } from 'react';
import { pathInWords, valueAt, type FieldPath } from '../text/policy-text.ts';

/** What a form's fields read and change: the policy's text is what is true, they only look into it. */
export interface PolicyForm {
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: readonly PolicyProblem[];
  /** `undefined` leaves it out. */
  change(path: FieldPath, value: unknown): void;
  move(path: FieldPath, from: number, to: number): void;
}

export const PolicyFormContext = createContext<PolicyForm | null>(null);

export function usePolicyForm(): PolicyForm {
  const form = useContext(PolicyFormContext);
  if (form === null) throw new Error('PolicyFormContext is missing');
  return form;
}

/** One value of the form, and what is wrong with it or within it. */
export function useField(path: FieldPath): {
  readonly value: unknown;
  readonly error: string | undefined;
  readonly set: (value: unknown) => void;
} {
  const { value, problems, change } = usePolicyForm();
  const words = pathInWords(path);
  const problem = problems.find((one) => isWithin(one.path, words));
  return {
    value: valueAt(value, path),
    error: problem === undefined ? undefined : [problem.message, problem.hint ?? ''].join(' ').trim(),
    set: (next) => change(path, next),
  };
}

function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
