import { describe, expect, it } from 'vitest';
import type { Host } from '../host.ts';
import { createRecordedHost } from '../recorded-host.ts';
import { pruneOrders } from './order-folder.ts';

const workspace = { directory: '/w' };
const installed = (name: string) => ({
  [`/w/orders/${name}/kept/kept.json`]: '[]',
  [`/w/orders/${name}/install-1/exit-code`]: '0',
});
const refused = (name: string) => ({
  [`/w/orders/${name}/kept/kept.json`]: '[]',
  [`/w/orders/${name}/repair-1/exit-code`]: '0',
});
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

/** The orders in their order of age, oldest first, and those that are left after pruning. */
async function leftOf(...folders: readonly Record<string, string>[]): Promise<readonly string[]> {
  const recorded = createRecordedHost({ files: Object.assign({}, ...folders) as Record<string, string> });
  const all = (await recorded.listDirectory('/w/orders')) ?? [];
  const host: Host = {
    ...recorded,
    stat: async (path) => {
      const stat = await recorded.stat(path);
      return stat && { ...stat, modifiedAtMs: all.indexOf(path.split('/')[3] ?? '') };
    },
  };
  await pruneOrders(host, workspace, [all.at(-1) ?? '']);
  return (await recorded.listDirectory('/w/orders')) ?? [];
}

describe('pruning the folders of orders', () => {
  it('keeps the way back of the last good order, however many were refused after it', async () => {
    const left = await leftOf(installed('good'), ...names('refused', 12).map(refused), installed('newest'));
    expect(left).toContain('good');
    expect(left).toContain('newest');
  });

  it('removes the oldest that changed something, and the oldest that did not', async () => {
    const left = await leftOf(...names('done', 12).map(installed), ...names('refused', 12).map(refused));
    expect(left).toEqual([...names('done', 12).slice(2), ...names('refused', 12).slice(2)]);
  });
});
