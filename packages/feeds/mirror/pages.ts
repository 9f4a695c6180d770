import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one feed that are looked at for the index. */
const FILES_LIMIT = 200_000;

/** `/feeds.json`: what a mirror holds. */
export interface MirrorIndex {
  readonly feeds: readonly {
    readonly id: string;
    readonly files: number;
    readonly bytes: number;
    readonly newest: string | null;
  }[];
}

export async function mirrorIndex(root: string): Promise<MirrorIndex> {
  const folders = await readdir(root, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  return { feeds: await Promise.all(names.toSorted().map((name) => measure(root, name))) };
}

async function measure(root: string, id: string): Promise<MirrorIndex['feeds'][number]> {
  let files = 0;
  let bytes = 0;
  let newestMs = 0;
  for (const entry of await readdir(join(root, id), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.startsWith('.') || files >= FILES_LIMIT) continue;
    const status = await stat(join(entry.parentPath, entry.name));
    files += 1;
    bytes += status.size;
    newestMs = Math.max(newestMs, status.mtimeMs);
  }
  return { id, files, bytes, newest: files === 0 ? null : new Date(newestMs).toISOString() };
}

/** A folder's page for people. */
export function folderPage(
  target: string,
  names: readonly { readonly name: string; readonly isFolder: boolean }[],
): string {
  const title = escaped(decodedPath(target));
  const items = names.map(({ name, isFolder }) => {
    const shown = isFolder ? `${name}/` : name;
    // A colon in the first segment of a relative address would be read as a scheme.
    return `<li><a href="./${escaped(encodeURIComponent(name))}${isFolder ? '/' : ''}">${escaped(shown)}</a></li>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><ul>
${target === '/' ? '' : '<li><a href="../">../</a></li>\n'}${items.join('\n')}
</ul></body></html>
`;
}

function decodedPath(target: string): string {
  try {
    return decodeURIComponent(target.replace(/\?.*$/s, ''));
  } catch {
    return target;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
