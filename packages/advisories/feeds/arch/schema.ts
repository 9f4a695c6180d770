import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Version = Type.String({ minLength: 1, maxLength: 256 });

const Group = Type.Object({
  name: Type.String({ pattern: '^AVG-\\d{1,9}$' }),
  packages: Type.Array(Type.String({ maxLength: 128, pattern: '^[A-Za-z0-9@_+][A-Za-z0-9@._+-]*$' }), {
    minItems: 1,
    maxItems: 1_000,
  }),
  status: Type.String({ maxLength: 64 }),
  severity: Type.String({ maxLength: 64 }),
  type: Type.Optional(Type.String({ maxLength: 1_024 })),
  affected: Version,
  fixed: Type.Optional(Type.Union([Version, Type.Null()])),
  issues: Type.Array(Type.String({ maxLength: 128, pattern: '^[\\x21-\\x7e]+$' }), { maxItems: 10_000 }),
  advisories: Type.Optional(
    Type.Array(Type.String({ maxLength: 64, pattern: '^ASA-\\d{6}-\\d{1,6}$' }), { maxItems: 100 }),
  ),
});
export type Group = Static<typeof Group>;

export const group = Compile(Group);
