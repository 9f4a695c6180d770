import { IconAlertTriangle, IconCheck, IconClockPause, IconHelpCircle } from '@tabler/icons-react';
import type { Verification } from '@thimble/protocol';
import { formatMoment } from '../format/time.ts';
import { checksOf, type Check } from './verification.ts';
import classes from './runs.module.css';

const ICONS: Readonly<Record<Check['tone'], typeof IconCheck>> = {
  good: IconCheck,
  wait: IconClockPause,
  failed: IconAlertTriangle,
  notice: IconHelpCircle,
};

export function VerificationView({ verification }: { verification: Verification }) {
  return (
    <div>
      <strong>{verification.effective ? 'Verified: the updates are effective' : 'Not effective yet'}</strong>
      <span style={{ color: 'var(--mantine-color-dimmed)' }}>
        {' '}
        read afresh at {formatMoment(verification.checkedAt)}
      </span>
      <ul className={classes['checks']} style={{ marginTop: '0.5rem' }}>
        {checksOf(verification).map((check) => {
          const Icon = ICONS[check.tone];
          return (
            <li key={check.text} data-tone={check.tone}>
              <Icon size={16} aria-hidden />
              <span>{check.text}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
