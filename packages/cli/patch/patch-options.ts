import type { SelectionOptions } from '../commands/run-selection.ts';

/** The command line of `thimble patch`. */
export interface PatchOptions extends SelectionOptions {
  readonly json?: boolean;
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly unattended?: boolean;
  readonly restartServices: boolean;
  readonly reboot?: 'never' | 'when-needed';
  readonly rollback?: string | true;
  readonly history?: boolean;
  readonly timer?: 'on' | 'off' | 'status';
}
