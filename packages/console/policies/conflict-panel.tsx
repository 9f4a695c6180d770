import { Button, Group } from '@mantine/core';
import type { PolicyDetail } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import classes from './policies.module.css';

interface ConflictPanelProps {
  readonly mine: string;
  readonly theirs: PolicyDetail;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}

/** Somebody saved another version while this one was written: both, and which to go on with. */
export function ConflictPanel({ mine, theirs: { summary, text, versions }, onMine, onTheirs }: ConflictPanelProps) {
  const newest = versions[0];
  return (
    <Panel
      title={`Version ${summary.version} was saved meanwhile`}
      note={
        <>
          by {summary.changedBy} <Ago at={summary.changedAt} />
          {newest === undefined || newest.changes.length === 0
            ? ''
            : `: ${newest.changes.map(({ words }) => words).join('; ')}`}
        </>
      }
    >
      <div className={classes['both']}>
        <Side title="Yours" text={mine} />
        <Side title={`Version ${summary.version}`} text={text} />
      </div>
      <Group mt="md" gap="xs" justify="flex-end">
        <Button variant="default" onClick={onTheirs}>
          Go on with version {summary.version}
        </Button>
        <Button onClick={onMine}>Go on with yours</Button>
      </Group>
    </Panel>
  );
}

function Side({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <strong>{title}</strong>
      <pre className={classes['foreign']} tabIndex={0} role="region" aria-label={`Text: ${title}`}>
        {text}
      </pre>
    </div>
  );
}
