import { Type, type Static } from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 63 });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** The first entry of a backup: what it is, so that one that can't be used is refused at once. */
export const ABOUT = 'about';
export const About = Type.Object({
  madeAt: Type.String({ format: 'date-time' }),
  /** The migrations that made its tables. */
  migrations: Type.Array(
    Type.Object({ number: Type.Integer(), name: Type.String({ maxLength: 200 }), sha256: Sha256 }),
    {
      minItems: 1,
      maxItems: 10_000,
    },
  ),
  tables: Type.Array(Type.Object({ name: Name, columns: Type.Array(Name, { maxItems: 1600 }) }), { maxItems: 10_000 }),
  sequences: Type.Record(Name, Type.Integer({ minimum: 0 })),
});
export type About = Static<typeof About>;

/** The last entry: what all entries before it are. */
export const MANIFEST = 'manifest';
export const Manifest = Type.Object({
  entries: Type.Array(
    Type.Object({
      name: Type.String({ maxLength: 200 }),
      sizeBytes: Type.Integer({ minimum: 0 }),
      sha256: Sha256,
      /** Of a table. */
      rows: Type.Union([Type.Null(), Type.Integer({ minimum: 0 })]),
    }),
    { maxItems: 20_000 },
  ),
});
export type Manifest = Static<typeof Manifest>;
export type EntryFacts = Manifest['entries'][number];

/** For `about` and `manifest`. */
export const DOCUMENT_LIMIT_BYTES = 16 * 1024 * 1024;
export const TABLE_PREFIX = 'table/';
/** `keys/order-key.pem`, `tls/ca.pem`: files of the data directory by their own names. */
export const KEY_FILE = /^(?:keys|tls)\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const KEY_FILE_LIMIT_BYTES = 64 * 1024;
