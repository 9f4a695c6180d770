import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Text = Type.String({ maxLength: 1_024 });
const ProductName = Type.String({ minLength: 1, maxLength: 128, pattern: '^[a-z0-9][a-z0-9._-]*$' });
/** A day, or whether it has ended without one. */
const Ending = Type.Union([Text, Type.Boolean(), Type.Null()]);

/** Of `/api/v1/products/full`, what is used. */
const ApiProduct = Type.Object({
  name: ProductName,
  label: Text,
  releases: Type.Array(Type.Unknown(), { maxItems: 10_000 }),
});
const ApiRelease = Type.Object({
  name: Text,
  label: Text,
  isEol: Type.Boolean(),
  eolFrom: Type.Optional(Type.Union([Text, Type.Null()])),
  isEoes: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  eoesFrom: Type.Optional(Type.Union([Text, Type.Null()])),
  latest: Type.Optional(Type.Union([Type.Object({ name: Text }), Type.Null()])),
});

/** The front matter of the project's own sources, by product: a site may keep that instead. */
const SourceProduct = Type.Object({ title: Text, releases: Type.Array(Type.Unknown(), { maxItems: 10_000 }) });
const SourceRelease = Type.Object({
  releaseCycle: Text,
  eol: Ending,
  eoes: Type.Optional(Ending),
  latest: Type.Optional(Type.Union([Text, Type.Null()])),
});

const checks = {
  apiProduct: Compile(ApiProduct),
  apiRelease: Compile(ApiRelease),
  sourceProduct: Compile(SourceProduct),
  sourceRelease: Compile(SourceRelease),
  name: Compile(ProductName),
};

/** Both forms in one. A release that is not understood is null. */
export interface Product {
  readonly name: string;
  readonly title: string;
  readonly releases: readonly (Release | null)[];
}
export interface Release {
  readonly cycle: string;
  readonly title: string;
  readonly eol: Static<typeof Ending>;
  readonly extended: Static<typeof Ending>;
  readonly latest: string | null;
}

export function productOfApi(value: unknown): Product | null {
  if (!checks.apiProduct.Check(value)) return null;
  const releases = value.releases.map((release): Release | null =>
    checks.apiRelease.Check(release)
      ? {
          cycle: release.name,
          title: `${value.label} ${release.label}`,
          eol: release.eolFrom ?? release.isEol,
          extended: release.eoesFrom ?? release.isEoes ?? null,
          latest: release.latest?.name ?? null,
        }
      : null,
  );
  return { name: value.name, title: value.label, releases };
}

export function productOfSources(name: string, value: unknown): Product | null {
  if (!checks.name.Check(name) || !checks.sourceProduct.Check(value)) return null;
  const releases = value.releases.map((release): Release | null =>
    checks.sourceRelease.Check(release)
      ? {
          cycle: release.releaseCycle,
          title: `${value.title} ${release.releaseCycle}`,
          eol: release.eol,
          extended: release.eoes ?? null,
          latest: release.latest ?? null,
        }
      : null,
  );
  return { name, title: value.title, releases };
}
