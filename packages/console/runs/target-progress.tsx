import { Progress, Text } from '@mantine/core';
import type { RunTarget } from '@thimble/protocol';
import { isActive, STAGES } from '../states/run-states.ts';
import classes from './runs.module.css';

/** Under way: the stage, how far, and on what. Else the state in words. */
export function TargetProgress({ target }: { target: RunTarget }) {
  if (!isActive(target.state) || target.stage === null) return <>{target.explanation}</>;
  return (
    <div className={classes['progress']}>
      <div className={classes['progressWords']}>
        <span>{STAGES[target.stage]}</span>
        <span className="tabular">{target.percent === null ? '' : `${target.percent} %`}</span>
      </div>
      <Progress
        size="sm"
        value={target.percent ?? 100}
        striped={target.percent === null}
        animated={target.percent === null}
        aria-label={`${target.hostname}: ${STAGES[target.stage]}`}
        transitionDuration={200}
      />
      <Text size="xs" c="dimmed" className="truncate" mih="1.2em">
        {target.message}
      </Text>
    </div>
  );
}
