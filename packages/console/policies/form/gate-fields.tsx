import type { FieldPath } from '../text/policy-text.ts';
import { SelectField, TextField } from './fields.tsx';

const TRIALS = [
  { value: 'each', label: 'each endpoint, before its own' },
  { value: 'first', label: 'the first of a ring' },
  { value: 'none', label: 'none' },
];

/** What a ring has to show before the next one begins, and what is tried on clones before. */
export function GateFields({ path }: { path: FieldPath }) {
  return (
    <>
      <TextField path={[...path, 'gate', 'successAtLeast']} label="Success at least" placeholder="100%" />
      <TextField path={[...path, 'gate', 'failuresAtMost']} label="Failures at most" placeholder="0" />
      <TextField path={[...path, 'gate', 'patchedAtLeast']} label="Really patched at least" placeholder="1" />
      <TextField path={[...path, 'gate', 'approvals']} label="Approvals" placeholder="0" />
      <SelectField path={[...path, 'trial', 'mode']} label="Trial" unsaid="as the policy says" options={TRIALS} />
    </>
  );
}
