export type { Decision, Priority, PriorityInput, PriorityStep, RuntimeExposure, SeverityLevel } from './priority.ts';
