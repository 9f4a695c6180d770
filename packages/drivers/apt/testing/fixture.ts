import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded output without its header (lines with `# `: distribution, tool version, date; command). */
export function fixture(folder: string, name: string): string {
  return readFileSync(join(folder, 'fixtures', name), 'utf8').replace(/^(?:# .*\n)+/, '');
}
