/** Gives the reader `content` as a file. */
export function downloadFile(
  name: string,
  type: 'text/csv' | 'text/plain' | 'application/json',
  content: string,
): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
