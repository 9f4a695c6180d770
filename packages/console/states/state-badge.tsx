import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconClockPause,
  IconExclamationCircle,
  IconInfoCircle,
  IconProgress,
} from '@tabler/icons-react';
import type { StateLook, Tone } from './endpoint-states.ts';
import classes from './state-badge.module.css';

const ICONS: Readonly<Record<Tone, typeof IconCircleCheck>> = {
  good: IconCircleCheck,
  notice: IconInfoCircle,
  danger: IconAlertTriangle,
  busy: IconProgress,
  wait: IconClockPause,
  failed: IconExclamationCircle,
  quiet: IconCircleDashed,
};

/** A state as an icon and a word: never as a colour alone. */
export function StateBadge({ look }: { look: StateLook }) {
  const Icon = ICONS[look.tone];
  return (
    <span className={classes['badge']} data-tone={look.tone} title={look.meaning}>
      <Icon size={14} stroke={2} aria-hidden />
      {look.label}
    </span>
  );
}

/** A short remark in the colours of the states, such as 'security'. */
export function Tag({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <span className={classes['tag']} data-tone={tone}>
      {children}
    </span>
  );
}
