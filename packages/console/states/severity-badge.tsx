import {
  IconChevronDown,
  IconChevronsUp,
  IconChevronUp,
  IconEqual,
  IconMinus,
  IconQuestionMark,
} from '@tabler/icons-react';
import type { Severity } from '@thimble/protocol';
import { SEVERITIES } from './assess-states.ts';
import classes from './state-badge.module.css';

const ICONS: Readonly<Record<Severity, typeof IconChevronUp>> = {
  critical: IconChevronsUp,
  high: IconChevronUp,
  medium: IconEqual,
  low: IconChevronDown,
  none: IconMinus,
  unknown: IconQuestionMark,
};

/** A severity as an icon and a word: never as a colour alone. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const Icon = ICONS[severity];
  const { label, meaning } = SEVERITIES[severity];
  return (
    <span className={classes['badge']} data-severity={severity} title={meaning}>
      <Icon size={14} stroke={2.2} aria-hidden />
      {label}
    </span>
  );
}
