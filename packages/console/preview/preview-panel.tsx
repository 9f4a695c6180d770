import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PolicyDocument, SimulationJob } from '@thimble/protocol';
import { useState } from 'react';
import { forgetSimulation, simulate } from '../api/policy-actions.ts';
import { simulationQuery } from '../api/policy-queries.ts';
import { Banner } from '../feedback/banner.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { PreviewForm } from './preview-form.tsx';
import { PREVIEW_BEGINNING, simulationOf } from './preview-draft.ts';
import { PreviewResult } from './result/preview-result.tsx';

interface PreviewPanelProps {
  /** In the place of the policy of its name; left out: the policies as they are. */
  readonly draft?: PolicyDocument;
  readonly policyName: string;
  /** Whether the policies as they are can stand beside it. */
  readonly present?: boolean;
}

/** The coming weeks, computed by the planner itself, before anybody presses start. */
export function PreviewPanel({ draft, policyName, present = false }: PreviewPanelProps) {
  const [asked, setAsked] = useState({ ...PREVIEW_BEGINNING, compare: present });
  const [jobId, setJobId] = useState<string>();
  const start = useAction({
    run: () => simulate(simulationOf(asked, { draft, policyName }, Date.now())),
    done: ({ id }) => setJobId(id),
  });
  return (
    <Stack gap="md">
      <Panel
        title="Preview"
        note="The coming weeks, computed by the planner itself. Nothing is started and nothing is stored."
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            start.mutate();
          }}
        >
          <PreviewForm draft={asked} onChange={setAsked} comparable={present} />
          <Group mt="md" justify="flex-end">
            <Button type="submit" loading={start.isPending}>
              Compute
            </Button>
          </Group>
        </form>
      </Panel>
      {jobId === undefined ? null : <Job key={jobId} id={jobId} onGone={() => setJobId(undefined)} />}
    </Stack>
  );
}

function Job({ id, onGone }: { id: string; onGone: () => void }) {
  const query = useQuery(simulationQuery(id));
  const cancel = useAction({ run: () => forgetSimulation(id), done: onGone });
  if (query.data === undefined)
    return query.isError ? (
      <ProblemPanel error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Text size="sm">Starting …</Text>
    );
  return <ShownJob job={query.data} onCancel={() => cancel.mutate()} />;
}

function ShownJob({ job, onCancel }: { job: SimulationJob; onCancel: () => void }) {
  switch (job.state) {
    case 'running':
      return (
        <Panel>
          <Group justify="space-between" mb="xs">
            <Text size="sm" role="status">
              Computing, {job.percent} %
            </Text>
            <Button size="compact-sm" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          </Group>
          <Progress value={job.percent} aria-label="Progress of the simulation" />
        </Panel>
      );
    case 'failed':
      return <Banner kind="unknown">It could not be computed: {job.error ?? 'the server does not say why'}.</Banner>;
    case 'cancelled':
      return <Banner kind="notice">It was cancelled.</Banner>;
    case 'done':
      return job.reply === null ? (
        <Banner kind="unknown">Its result is gone; compute it again.</Banner>
      ) : (
        <PreviewResult reply={job.reply} />
      );
  }
}
