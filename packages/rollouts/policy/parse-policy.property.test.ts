import { PolicyDocument, PolicyProblem } from '@thimble/protocol';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { schemaFindings } from './document/schema-findings.ts';
import type { SchemaNode } from './document/schema-node.ts';
import { textKind } from './document/text-kinds.ts';
import { parsePolicy, type ParsedPolicy } from './parse-policy.ts';
import { parsePolicyText } from './parse-policy-text.ts';
import { printPolicy } from './print-policy.ts';
import { policyTemplates } from './templates.ts';
import { anyDocument } from './testing/arbitrary-document.ts';
import { readYaml } from './text/read-yaml.ts';

/** What a problem may be is what the API can answer with. */
function expectBounded(parsed: ParsedPolicy): void {
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  expect(problems.length).toBeLessThanOrEqual(50);
  for (const problem of problems) {
    expect(Check(PolicyProblem, problem), JSON.stringify(problem)).toBe(true);
    expect(problem.message.length).toBeLessThan(2000);
    expect(`${problem.message}${problem.path}${problem.hint}`).not.toMatch(/\0|\p{Surrogate}/u);
  }
  if (!parsed.ok) expect(problems.length).toBeGreaterThan(0);
}

/** A valid document with one part, however deep, replaced by anything. */
const anyBroken = fc
  .tuple(anyDocument, fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }))
  .map(([document, steps, value]) => replaced(document, steps, value));

function replaced(whole: unknown, steps: readonly number[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof whole !== 'object' || whole === null) return value;
  if (Array.isArray(whole))
    return whole.map((each: unknown, index) => (index === step % whole.length ? replaced(each, rest, value) : each));
  const keys = Object.keys(whole);
  const chosen = keys[step % Math.max(1, keys.length)];
  return Object.fromEntries(
    Object.entries(whole).map(([key, each]) => [key, key === chosen ? replaced(each, rest, value) : each]),
  );
}

describe('what is wrong with a document', () => {
  it('is something exactly when TypeBox refuses it', () => {
    fc.assert(
      fc.property(fc.oneof(anyDocument, anyBroken, fc.jsonValue()), (value) => {
        const [finding] = schemaFindings(PolicyDocument, value);
        // TypeBox takes a zero byte, and half a character; a database doesn't.
        fc.pre(!/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value)));
        expect(finding === undefined, JSON.stringify(finding)).toBe(Check(PolicyDocument, value));
      }),
      { numRuns: 1500 },
    );
  });

  it('is said of every pattern and keyword that a policy has', () => {
    for (const schema of schemasIn(PolicyDocument)) {
      if (schema.pattern !== undefined) expect(textKind(schema.pattern), schema.pattern).not.toBe(null);
      for (const pattern of Object.keys(schema.patternProperties ?? {})) expect(textKind(pattern)).not.toBe(null);
      expect(KEYWORDS).toEqual(expect.arrayContaining(Object.keys(schema)));
      if (schema.type === 'object') expect(schema).toMatchObject({ additionalProperties: false });
    }
  });

  it('is bounded for whatever JSON there is, and never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), anyBroken), (value) => expectBounded(parsePolicy(value))),
      {
        numRuns: 1000,
      },
    );
  });

  it('is bounded for whatever text there is, and never an exception', () => {
    const characters = fc.constantFrom(...'{}[]:,-?&*!|>\'"%@`# \n\t~0a'.split(''));
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: characters, maxLength: 300 }),
      fc
        .tuple(
          fc.constantFrom(...policyTemplates.map(({ text }) => text)),
          fc.nat(2000),
          fc.nat(40),
          fc.string({ unit: characters, maxLength: 8 }),
        )
        .map(
          ([text, at, length, other]) =>
            text.slice(0, at % text.length) + other + text.slice((at % text.length) + length),
        ),
    );
    fc.assert(
      fc.property(anyText, (text) => expectBounded(parsePolicyText(text))),
      { numRuns: 800 },
    );
  });

  it.each([['__proto__'], ['constructor'], ['toString'], ['hasOwnProperty']])('is said of a key %s too', (key) => {
    const value: unknown = JSON.parse(`{"format": 1, "name": "a", "${key}": {"name": "b"}}`);
    expect(parsePolicy(value)).toMatchObject({ ok: false, problems: [{ path: key }] });
    expect(parsePolicyText(`format: 1\nname: a\n${key}: {}`)).toMatchObject({ ok: false, problems: [{ line: 3 }] });
  });
});

describe('printPolicy', () => {
  it('prints what is read to the same document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(readYaml(printPolicy(document))).toMatchObject({ ok: true, value: document });
      }),
      { numRuns: 200 },
    );
  });

  it('prints equal documents equally, in whatever order their keys are', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(printPolicy(reversed(document) as PolicyDocument)).toBe(printPolicy(document));
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

const KEYWORDS =
  'type const anyOf properties required additionalProperties patternProperties items minItems maxItems minimum maximum minLength maxLength pattern description title $id'.split(
    ' ',
  );

function schemasIn(schema: SchemaNode): readonly SchemaNode[] {
  const inner = [
    ...(schema.anyOf ?? []),
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return [schema, ...inner.flatMap(schemasIn)];
}
