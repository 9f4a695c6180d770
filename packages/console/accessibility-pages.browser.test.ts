import { describePages } from './testing/accessibility.ts';

describePages();
