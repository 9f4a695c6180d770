import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** vitest itself would leave one processor idle, which of two is half of what there is. */
const PROCESSORS = availableParallelism();
/**
 * Lab tests wait for much of their time (for boots, for apt to give a dead mirror up, for a process to become a minute
 * old), so that three files use the time of two. More would be too many machines for two processors.
 */
const LAB_FILES = 3;
/** A Chromium keeps more than one processor busy. */
const BROWSER_FILES = Math.min(2, PROCESSORS);

/**
 * `.lab.test.ts` boots real endpoints and `.browser.test.ts` drives Chromium: stages of their own (see scripts/test.ts),
 * one after another. Each file has its own lab, or its own browser and server.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages/*,architecture,scripts,bench,lab}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.lab.test.ts', '**/*.browser.test.ts'],
          maxWorkers: PROCESSORS,
          sequence: { groupOrder: 0 },
          globalSetup: ['packages/server/storage/testing-broker.ts'],
          // A guard against what hangs, not a measure: the slowest takes 8 s alone, and four times that on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['{packages/*,lab,bench}/**/*.lab.test.ts'],
          exclude: ['**/node_modules/**'],
          maxWorkers: LAB_FILES,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['packages/*/**/*.browser.test.ts'],
          exclude: ['**/node_modules/**'],
          maxWorkers: BROWSER_FILES,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          // One after another, and after the others: whenever a network interface comes or goes, Chromium gives up what it
          // is loading (ERR_NETWORK_CHANGED), in all pages.
          name: 'browser-lab',
          include: ['lab/**/*.browser.test.ts'],
          exclude: ['**/node_modules/**'],
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
