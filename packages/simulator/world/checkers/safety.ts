import { approvalChecker, trialChecker } from './approval.ts';
import { budgetChecker } from './budget.ts';
import type { Checker } from './checker.ts';
import { duplicateChecker, generationChecker, outcomeChecker } from './orders.ts';
import { lintChecker, waitChecker } from './plans.ts';
import { ringChecker } from './rings.ts';
import { attemptChecker, blockChecker, haltChecker, rebootChecker } from './stops.ts';
import { windowChecker } from './window.ts';

/** All that must never happen. What must happen in the end is `liveness`. */
export const SAFETY: readonly Checker[] = [
  budgetChecker,
  windowChecker,
  ringChecker,
  approvalChecker,
  trialChecker,
  outcomeChecker,
  generationChecker,
  duplicateChecker,
  haltChecker,
  blockChecker,
  rebootChecker,
  attemptChecker,
  lintChecker,
  waitChecker,
];
