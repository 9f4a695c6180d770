import { Type, type Static } from 'typebox';
import { CpeConfiguration } from '../../feed/cpe/configuration-schema.ts';

const Text = Type.Union([Type.String({ maxLength: 200_000 }), Type.Null()]);

export const NvdOverride = Type.Object({
  _annotation: Type.Object({
    cve_id: Type.String({ pattern: '^CVE-\\d{4}-\\d{4,19}$' }),
    description: Type.Optional(Text),
    reason: Type.Optional(Text),
    published: Type.Optional(Text),
    modified: Type.Optional(Text),
    references: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  }),
  // Without configurations: taken back.
  cve: Type.Object({ configurations: Type.Optional(Type.Array(CpeConfiguration)) }),
});
export type NvdOverride = Static<typeof NvdOverride>;
