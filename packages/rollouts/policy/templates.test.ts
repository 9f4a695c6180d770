import { describe, expect, it } from 'vitest';
import { parsePolicyText } from './parse-policy-text.ts';
import { printPolicy } from './print-policy.ts';
import { policyTemplates } from './templates.ts';

describe.each(policyTemplates)('the template $name', ({ name, text }) => {
  const parsed = parsePolicyText(text);

  it('is a policy of that name without any doubt', () => {
    expect(parsed).toMatchObject({ ok: true, policy: { name }, warnings: [] });
  });

  it('is the same after it is printed', () => {
    if (!parsed.ok) throw new Error('it is no policy');
    const again = parsePolicyText(printPolicy(parsed.document));
    expect(again).toEqual({ ...parsed, warnings: [] });
  });
});
