export { type LocalAdvisories, openAdvisories } from './open-advisories.ts';
