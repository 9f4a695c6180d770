/** How a server can be wrong, for tests of the checkers. */
export interface ServerFlaws {
  readonly takesSecondOutcome?: boolean;
  readonly repeatsUnknownCommit?: boolean;
  readonly forgetsStartBefore?: boolean;
  readonly forgetsBlocks?: boolean;
  readonly actsOnOldPlan?: boolean;
}
