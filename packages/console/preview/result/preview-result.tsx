import type { SimulateReply } from '@thimble/protocol';
import { Stack } from '@mantine/core';
import { MissesPanel } from '../../rollouts/misses-panel.tsx';
import { Panel } from '../../shell/panel.tsx';
import { DifferencesTable } from './differences-table.tsx';
import { ExposurePanel } from './exposure-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { RolloutsTimeline } from './rollouts-timeline.tsx';
import { WhoGetsWhat } from './who-gets-what.tsx';
import classes from './result.module.css';

/** What was computed: the sentences first, then what they are drawn from. */
export function PreviewResult({ reply: { result, compared } }: { reply: SimulateReply }) {
  return (
    <Stack gap="md">
      <Panel title={`The coming ${result.days} days`}>
        <Sentences sentences={result.summary} />
      </Panel>
      {compared === null ? null : (
        <Panel title="Compared with the policies as they are">
          <Sentences sentences={compared.comparison.summary} />
          <DifferencesTable differences={compared.comparison.differences} />
        </Panel>
      )}
      <ExposurePanel result={result} before={compared?.result ?? null} />
      <MissesPanel
        title="Deadlines that are missed"
        misses={result.misses.items.map(({ endpoints, ...miss }) => ({ ...miss, endpointCount: endpoints }))}
      />
      <RolloutsTimeline result={result} />
      <LoadPanel result={result} />
      <WhoGetsWhat result={result} />
      {result.gaps.length === 0 ? null : (
        <Panel title="What was assumed" note="Because it is not known">
          <ul className={classes['sentences']}>
            {result.gaps.map(({ what, why }) => (
              <li key={`${what} ${why}`}>
                <strong>{what}</strong>: {why}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Stack>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  return (
    <ul className={classes['sentences']}>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
