import type { LiveState } from '../api/live.ts';
import { useLiveState } from '../api/live-context.ts';
import classes from './frame.module.css';

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost; trying again',
};

/** Whether what is shown follows the server. */
export function LiveIndicator() {
  const state = useLiveState();
  return (
    <span className={classes['live']} role="status" data-tone={state === 'live' ? 'good' : 'notice'}>
      <span className={classes['dot']} data-live={state === 'live'} aria-hidden />
      {WORDS[state]}
    </span>
  );
}
