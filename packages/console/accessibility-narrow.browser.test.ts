import { describeAccessibility } from './testing/accessibility.ts';

describeAccessibility([
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 360 },
]);
