import type { ReachLabels } from '@thimble/protocol';

const KEY_VALUE = /^([^\s=,]+)\s*=\s*([^\s=,]+)$/;

/**
 * `role=web, site=bern` as labels; null: nothing is written, so all endpoints are meant; undefined: it can't be read, which
 * must not become `all`.
 */
export function readLabels(text: string): ReachLabels | null | undefined {
  if (text.trim() === '') return null;
  const labels = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, key, value] = KEY_VALUE.exec(part.trim()) ?? [];
    if (key === undefined || value === undefined || labels.has(key)) return undefined;
    labels.set(key, value);
  }
  return Object.fromEntries(labels);
}

export function writeLabels(labels: ReachLabels | null): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
