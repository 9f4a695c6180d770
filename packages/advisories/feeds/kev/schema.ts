import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Text = Type.String({ maxLength: 100_000 });

/** Of the catalogue's schema, the fields that are used. */
const CatalogueEntry = Type.Object({
  cveID: Type.String({ pattern: '^CVE-\\d{4}-\\d{4,19}$' }),
  vulnerabilityName: Text,
  dateAdded: Type.String({ maxLength: 64 }),
  requiredAction: Text,
  dueDate: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  /** `Known` or `Unknown`; not there before 2023. */
  knownRansomwareCampaignUse: Type.Optional(Type.String({ maxLength: 64 })),
});

export const catalogueEntry = Compile(CatalogueEntry);
