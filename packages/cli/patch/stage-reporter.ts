import type { OrderStage } from '@thimble/protocol';
import { formatDuration, printable, type Terminal, truncate } from '../terminal/index.ts';

export interface Step {
  readonly stage: OrderStage;
  readonly percent: number | null;
  readonly message: string;
}

export interface StageReporter {
  report(step: Step): void;
  /** Ends the stage that is under way; nothing more is shown of it. */
  end(): void;
}

const WORDS: Readonly<Record<OrderStage, string>> = {
  accepted: 'Start',
  repairing: 'Repair an interrupted installation',
  refreshing: 'Fetch package lists',
  planning: 'Plan',
  downloading: 'Download',
  trying: 'Try on a clone',
  preparing: 'Prepare',
  installing: 'Install',
  'restarting-services': 'Restart services',
  'waiting-for-consent': 'Ask whether it may reboot',
  rebooting: 'Reboot',
  verifying: 'Verify',
  checking: 'Check health',
  finished: 'End',
};

/** Tells what happens now in one live line, and each stage's time in a line of its own when it is over. */
export function stageReporter(terminal: Terminal, nowMs: () => number, quiet = false): StageReporter {
  let current: { readonly stage: OrderStage; readonly sinceMs: number } | undefined;
  const end = (): void => {
    if (current !== undefined && !quiet) {
      const { errColour } = terminal;
      terminal.note(
        `${errColour.good('✓')} ${WORDS[current.stage].padEnd(20)} ${errColour.dim(formatDuration(nowMs() - current.sinceMs))}`,
      );
    }
    current = undefined;
    terminal.status('');
  };
  return {
    report({ stage, percent, message }) {
      if (stage === 'accepted' || stage === 'finished') return;
      if (current?.stage !== stage) {
        end();
        current = { stage, sinceMs: nowMs() };
      }
      if (quiet) return;
      const share = percent === null ? '' : ` ${String(percent).padStart(3)} %`;
      terminal.status(truncate(`… ${WORDS[stage]}${share}  ${printable(message)}`, 78));
    },
    end,
  };
}
