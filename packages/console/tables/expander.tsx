import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './expander.module.css';

interface ExpanderProps {
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

/** A row's name that opens its detail. */
export function Expander({ open, onToggle, children }: ExpanderProps) {
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <button type="button" className={classes['open']} aria-expanded={open} onClick={onToggle}>
      <Icon size={15} aria-hidden />
      <span>{children}</span>
    </button>
  );
}
