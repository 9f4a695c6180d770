import { describe, expect, it } from 'vitest';
import type { Line, ReleaseLines } from './catalogue.ts';
import { makeInstallations } from './installations.ts';

const line = (name: string, versions: readonly string[] = ['1', '2']): Line => ({
  name,
  source: `source-of-${name}`,
  versions,
  kernels: null,
});
const release = (versionId: string, share: number): ReleaseLines => ({
  codename: `release-${versionId}`,
  versionId,
  share,
  base: [line('bash'), line('libc6')],
  others: Array.from({ length: 500 }, (_, index) => line(`package-${index}`)),
  kernel: {
    name: 'linux-image',
    source: 'linux-signed-amd64',
    versions: ['6.1.1-1', '6.1.2-1'],
    kernels: ['6.1.0-1-amd64', '6.1.0-2-amd64'],
  },
});
const CATALOGUE = [release('11', 20), release('12', 80)];
const make = (seed = 1) => makeInstallations(CATALOGUE, { count: 200, size: 40, seed });

describe('installations', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(make()).toEqual(make());
    expect(make().packages).not.toEqual(make(2).packages);
  });

  it('have the size that is asked for, the base, and one kernel that runs', () => {
    const { packages, lists } = make();
    for (const list of lists) {
      const names = Array.from(list.packages, (place) => packages[place]?.name ?? '');
      expect(names.length).toBe(40);
      expect(new Set(names).size).toBe(40);
      expect(names).toEqual(expect.arrayContaining(['bash', 'libc6', `linux-image-${list.kernel}`]));
    }
  });

  it('differ from each other, mostly have the newest versions, and share popular packages', () => {
    const { packages, lists } = make();
    expect(new Set(lists.map((list) => list.packages.join())).size).toBe(lists.length);
    const all = lists.flatMap((list) => Array.from(list.packages, (place) => packages[place]));
    const newest = all.filter((each) => each?.version.startsWith('2') || each?.version === '6.1.2-1');
    expect(newest.length / all.length).toBeGreaterThan(0.8);
    expect(newest.length).toBeLessThan(all.length);
    const having = (name: string) => all.filter((each) => each?.name === name).length;
    expect(having('package-0')).toBeGreaterThan(10 * Math.max(1, having('package-499')));
  });

  it('are of the releases by their shares, and name a signed kernel’s source version with a plus', () => {
    const { packages, lists } = make();
    const older = lists.filter((list) => list.release.versionId === '11').length;
    expect(older).toBeGreaterThan(20);
    expect(older).toBeLessThan(60);
    const kernel = packages.find(({ name }) => name === 'linux-image-6.1.0-2-amd64');
    expect([kernel?.version, kernel?.sourceVersion]).toEqual(['6.1.2-1', '6.1.2+1']);
  });
});
