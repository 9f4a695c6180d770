import { IconHelpCircle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './feedback.module.css';

/** Something that must be known to read what is below rightly, such as what could not be assessed. */
export function Banner({ kind, children }: { kind: 'unknown' | 'notice'; children: ReactNode }) {
  const Icon = kind === 'unknown' ? IconHelpCircle : IconInfoCircle;
  return (
    <div className={classes['banner']} data-tone={kind === 'unknown' ? 'wait' : 'notice'} role="note">
      <Icon size={18} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
