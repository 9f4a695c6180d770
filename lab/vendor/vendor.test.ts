import { expect, test } from 'vitest';
import { controlOf, debName } from './deb-package.ts';
import { releaseDate } from './vendor-repository.ts';

test("a package's file name has no epoch", () => {
  expect(debName({ name: 'widget', version: '2:1.0-1' })).toBe('widget_1.0-1_all.deb');
  expect(debName({ name: 'widget', version: '1.0', architecture: 'amd64' })).toBe('widget_1.0_amd64.deb');
});

test('given fields of a control file come beside the usual ones and before them in rank', () => {
  const control = controlOf({ name: 'widget', version: '2:1.0', fields: { Depends: 'gadget (>= 1)', Section: 'net' } });
  expect(control).toContain('Version: 2:1.0\n');
  expect(control).toContain('Depends: gadget (>= 1)\n');
  expect(control.match(/^Section: .*$/gm)).toEqual(['Section: net']);
});

test('the date of a Release names UTC', () => {
  expect(releaseDate(new Date('2026-11-22T03:00:00Z'))).toBe('Sun, 22 Nov 2026 03:00:00 UTC');
});
