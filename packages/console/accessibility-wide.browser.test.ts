import { describeAccessibility } from './testing/accessibility.ts';

describeAccessibility([
  { colorScheme: 'light', width: 1360 },
  { colorScheme: 'dark', width: 1360 },
]);
