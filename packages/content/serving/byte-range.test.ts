import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRange } from './index.ts';

it('ranges are those of a reference, for any header and size', () => {
  const number = fc.nat(60).map(String);
  fc.assert(
    fc.property(fc.oneof(number, fc.constant('')), fc.oneof(number, fc.constant('')), fc.nat(50), (a, b, size) => {
      const bytes = Array.from({ length: size }, (_, index) => index);
      const range = readRange(`bytes=${a}-${b}`, size);
      // The reference picks bytes one by one, as the text of the RFC describes them.
      const picked = bytes.filter((index) =>
        a === '' ? index >= size - Number(b) : index >= Number(a) && (b === '' || index <= Number(b)),
      );
      const invalid = a === '' ? b === '' : b !== '' && Number(b) < Number(a);
      if (invalid) expect(range).toBeNull();
      else if (picked.length === 0) expect(range).toBe('unsatisfiable');
      else expect(range).toEqual({ first: picked[0], last: picked.at(-1) });
    }),
  );
  fc.assert(fc.property(fc.string(), fc.nat(), (text, size) => void readRange(text, size)));
});
