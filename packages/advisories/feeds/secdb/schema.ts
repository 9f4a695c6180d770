import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** Version → what it repaired; null where the list was left empty. */
const Entry = Type.Object({
  pkg: Type.Object({
    name: Type.String({ maxLength: 128, pattern: '^[0-9A-Za-z][0-9A-Za-z+._-]*$' }),
    secfixes: Type.Record(Type.String(), Type.Unknown()),
  }),
});

export const packageEntry = Compile(Entry);
/** Printable and without spaces: whether it is a version of apk is for the comparison to say. */
export const VERSION = /^[\x21-\x7e]{1,256}$/;
