import { describeOpened } from './testing/accessibility.ts';

describeOpened();
