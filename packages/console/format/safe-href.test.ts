import { expect, test } from 'vitest';
import { safeHref } from './safe-href.ts';

test.each([
  ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
  ['http://example.org/', 'http://example.org/'],
  ['javascript:alert(1)', undefined],
  [' JavaScript:alert(1)', undefined],
  ['data:text/html,<script>', undefined],
  ['/relative', undefined],
  ['', undefined],
])('%s as a link is %s', (address, href) => {
  expect(safeHref(address)).toBe(href);
});
