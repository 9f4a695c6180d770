/** For tests in other packages that need frozen content on a server. */
export { seedRepository } from './testing/seed-content.ts';
export { storeFile } from './testing/store-file.ts';
