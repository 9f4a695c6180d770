import { Stack } from '@mantine/core';
import { Page } from '../shell/page.tsx';
import { AgentsPanel } from './agents/agents-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { WaitingPanel } from './waiting-panel.tsx';

/** Who gets in: those that wait for a person, the tokens with which machines come, and the versions of their agents. */
export function EnrolmentPage() {
  return (
    <Page title="Enrolment" description="Which machines become endpoints, and what they are given when they do">
      <Stack gap="md">
        <WaitingPanel />
        <TokensPanel />
        <AgentsPanel />
      </Stack>
    </Page>
  );
}
