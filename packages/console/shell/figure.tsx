import type { ReactNode } from 'react';
import type { Severity } from '@thimble/protocol';
import type { Tone } from '../states/endpoint-states.ts';
import classes from './figure.module.css';

interface FigureContentProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone: Tone;
  /** In the colour of a severity instead of the tone. */
  readonly severity?: Severity;
}

/** Large numbers side by side; more of them in a row where they are `dense`. What they link to is for the caller, in the class `figure`. */
export function FigureGrid({ dense = false, children }: { dense?: boolean; children: ReactNode }) {
  return (
    <div className={classes['figures']} data-dense={dense}>
      {children}
    </div>
  );
}

export function FigureContent({ label, value, note, tone, severity }: FigureContentProps) {
  return (
    <>
      <span className={classes['figureLabel']} data-tone={tone} data-severity={severity}>
        {label}
      </span>
      <span className={classes['figureValue']}>{value}</span>
      <span className={classes['figureNote']}>{note}</span>
    </>
  );
}

export const figureClasses = { figure: classes['figure'] ?? '' };
