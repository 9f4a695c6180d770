/** The last part of a path with slashes. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export const named =
  (...names: readonly string[]) =>
  (path: string): boolean =>
    names.includes(fileName(path));
