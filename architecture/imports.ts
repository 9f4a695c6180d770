import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface ImportStatement {
  /** Path from the root. */
  readonly file: string;
  readonly specifier: string;
  readonly line: number;
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'fixtures', '.cache']);
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** TypeScript sources below a folder, as paths from the root, sorted. */
export function sourceFiles(root: string, folder: string): readonly string[] {
  const found: string[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) walk(join(directory, entry.name));
      else if (entry.isFile() && /\.tsx?$/.test(entry.name)) found.push(relative(root, join(directory, entry.name)));
    }
  };
  walk(join(root, folder));
  return found.sort();
}

/** All static and literal dynamic imports of a file. */
export function importsOf(root: string, file: string): readonly ImportStatement[] {
  const text = withoutComments(readFileSync(join(root, file), 'utf8'));
  return [...text.matchAll(IMPORT)].map((match) => ({
    file,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** Comments blanked but for their line ends, so that an example in a docstring is no import. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}
