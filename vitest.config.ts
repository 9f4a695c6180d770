import { defineConfig } from 'vitest/config';

/**
 * `.lab.test.ts` boots real endpoints and `.browser.test.ts` drives Chromium: they run one after another, as stages of
 * their own (see scripts/test.ts), because two machines' worth of load at once makes neither of them truer.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages/*,architecture,scripts,bench,lab}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.lab.test.ts', '**/*.browser.test.ts'],
          globalSetup: ['packages/server/storage/testing-broker.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['{packages/*,lab,bench}/**/*.lab.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{packages/*,lab}/**/*.browser.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
