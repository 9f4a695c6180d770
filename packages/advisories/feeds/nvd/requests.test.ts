import { describe, expect, it } from 'vitest';
import { apiRequests, fileRequests } from './requests.ts';

const now = new Date('2026-11-01T12:00:00.000Z');
const context = (watermark: string | null) => ({ watermark, now, namespaces: null });
const DAY_MS = 86_400_000;

describe('what is asked of NVD', () => {
  it('is every year at first, and again after more than a week', () => {
    for (const watermark of [null, '2026-10-24T11:59:59.000Z', 'nonsense']) {
      const paths = fileRequests(context(watermark)).map(({ path }) => path);
      expect([paths.length, paths[0], paths.at(-1)]).toEqual([
        25,
        'nvdcve-2.0-2002.json.gz',
        'nvdcve-2.0-2026.json.gz',
      ]);
    }
  });

  it('is the file of changes within a week', () => {
    expect(fileRequests(context('2026-10-25T12:00:00.000Z')).map(({ path }) => path)).toEqual([
      'nvdcve-2.0-modified.json.gz',
    ]);
  });

  it('is the API’s first page at first', () => {
    expect(apiRequests(context(null)).map(({ path }) => path)).toEqual(['?resultsPerPage=2000&startIndex=0']);
  });

  it('is windows of at most 120 days without gaps since the watermark', () => {
    const windows = apiRequests(context('2026-01-01T00:00:00.000Z')).map(({ path }) => {
      const query = new URLSearchParams(path.slice(1));
      return [query.get('lastModStartDate') ?? '', query.get('lastModEndDate') ?? ''].map((text) => Date.parse(text));
    });
    expect(windows.length).toBe(3);
    expect(windows[0]?.[0]).toBeLessThan(Date.parse('2026-01-01T00:00:00.000Z'));
    expect(windows.at(-1)?.[1]).toBe(now.getTime());
    for (const [index, [start = 0, end = 0]] of windows.entries()) {
      expect(end - start).toBeLessThanOrEqual(120 * DAY_MS);
      if (index > 0) expect(start).toBe(windows[index - 1]?.[1]);
    }
  });
});
