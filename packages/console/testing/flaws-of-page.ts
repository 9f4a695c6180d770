import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Half of a change of colour is no colour of the page. Two seconds at most: some turn for ever. */
const SETTLED = `Promise.race([
  Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))),
  new Promise((resolve) => setTimeout(resolve, document.getAnimations().length === 0 ? 0 : 2000)),
])`;
/** Of what holds only what is needed to know that it holds. */
const RUN = {
  all: `axe.run(document, { resultTypes: ['violations'] })`,
  colours: `axe.run(document, { resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] })`,
} as const;

/**
 * What axe finds on the page as it is, by all its rules or by those that look at colours, and how many pixels of it are cut off; in words, empty when all is well. In the
 * page itself: axe's own driver opens a second one for each look, which pages with frames need and the console has none.
 */
export async function flawsOfPage(page: Page, rules: keyof typeof RUN = 'all'): Promise<readonly string[]> {
  if (page.frames().length > 1) throw new Error('axe was not told about frames');
  if (await page.evaluate(`typeof axe === 'undefined'`)) await page.evaluate(axe.source);
  await page.evaluate(`${SETTLED}.then(() => undefined)`);
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>(
    `${RUN[rules]}.then(({ violations, passes }) => { if (passes.length === 0) throw new Error('axe saw nothing'); return { violations }; })`,
  );
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
    ...(overflow === 0 ? [] : [`${overflow} pixels are cut off`]),
  ];
}
