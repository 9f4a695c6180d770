import { PolicyDocument } from '@thimble/protocol';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import type { SchemaNode } from '../document/schema-node.ts';

/** Documents of a policy's shape, whatever they say. */
export const anyDocument: fc.Arbitrary<PolicyDocument> = arbitraryOf(PolicyDocument).filter((value) =>
  Check(PolicyDocument, value),
);

/** Any value that a schema takes. */
function arbitraryOf(schema: SchemaNode): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  const { minimum = -1000, maximum = 1000, minLength = 0, maxLength = 60 } = schema;
  switch (schema.type) {
    case 'object':
      return groupOf(schema);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'string':
      return (
        schema.pattern === undefined ? fc.string({ unit: 'grapheme' }) : fc.stringMatching(new RegExp(schema.pattern))
      )
        .map((text) => text.toWellFormed().replaceAll('\0', ''))
        .filter((text) => text.length >= minLength && text.length <= maxLength);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true }).map((number) => (number === 0 ? 0 : number));
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constant(null);
  }
}

function groupOf({ properties = {}, required = [], patternProperties = {} }: SchemaNode): fc.Arbitrary<unknown> {
  const fixed = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, arbitraryOf(schema)])),
    { requiredKeys: [...required], noNullPrototype: true },
  );
  const [named] = Object.entries(patternProperties);
  if (named === undefined) return fixed;
  const [pattern, schema] = named;
  const key = fc.stringMatching(new RegExp(pattern)).filter((text) => text !== '__proto__');
  return fc.dictionary(key, arbitraryOf(schema), { maxKeys: 3, noNullPrototype: true });
}
