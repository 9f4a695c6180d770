import { warningAt } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

/** Patched means effective: a kernel is so after a reboot. */
export const checkReboots: PolicyCheck = function* ({ deploy }) {
  const { when, consent, deferFor } = deploy?.reboot ?? {};
  if (when === 'never')
    yield warningAt(
      ['deploy', 'reboot', 'when'],
      'fixes of kernels and of what every process uses stay without effect until somebody reboots',
    );
  if (deferFor !== undefined && consent !== 'ask')
    yield warningAt(['deploy', 'reboot', 'deferFor'], '`deferFor` counts with `consent: ask` alone');
};
