import type { PolicyEffect } from '@thimble/protocol';
import { formatMoment } from '../../format/time.ts';
import { valueAt, type FieldPath } from '../text/policy-text.ts';
import { ListField, TextField } from './fields.tsx';
import { usePolicyForm } from './form-context.ts';
import classes from '../policies.module.css';

const NEXT_SHOWN = 3;

/** When a window is, with the next times that come of it. */
export function WindowFields({ path, effect }: { path: FieldPath; effect: PolicyEffect | null }) {
  const { value } = usePolicyForm();
  const name = valueAt(value, [...path, 'name']);
  const next = (effect?.nextWindows ?? []).filter(({ window }) => window === name).slice(0, NEXT_SHOWN);
  return (
    <>
      <div className={classes['fields']}>
        <TextField path={[...path, 'name']} label="Name" required />
        <TextField path={[...path, 'on']} label="On" placeholder="second Tuesday + 4 days" />
        <TextField path={[...path, 'at']} label="At" placeholder="22:00" />
        <TextField path={[...path, 'lasts']} label="Lasts" placeholder="6h" required />
        <TextField path={[...path, 'timeZone']} label="Time zone" placeholder="endpoint" />
        <TextField path={[...path, 'rrule']} label="Or as RFC 5545 rule" placeholder="FREQ=MONTHLY;BYDAY=-1SA" />
        <ListField path={[...path, 'except']} label="But not on" placeholder="2026-12-24" />
      </div>
      <div className={classes['dim']} aria-live="polite">
        {next.length === 0
          ? 'Its next times show here when the policy can be read.'
          : `Next: ${next.map(({ startsAt, timeZone }) => `${formatMoment(startsAt)} (${timeZone})`).join(', ')}`}
      </div>
    </>
  );
}
