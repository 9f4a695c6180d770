import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript } from './testing/script/run-script.ts';

const folder = join(import.meta.dirname, 'scripts');
/** `THIMBLE_UPDATE_SCRIPTS=1` writes what the scripts print now, to be read before it is committed. */
const update = process.env['THIMBLE_UPDATE_SCRIPTS'] === '1';

describe('operator scripts', () => {
  test.each(readdirSync(folder).toSorted())('%s prints what it says', (name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const printed = runScript(text);
    if (update) writeFileSync(path, printed);
    expect(printed).toBe(update ? printed : text);
  });
});
