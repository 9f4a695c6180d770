import { Stack } from '@mantine/core';
import { Page } from '../shell/page.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { WaitingPanel } from './waiting-panel.tsx';

/** Who gets in: those that wait for a person, and the tokens with which machines come. */
export function EnrolmentPage() {
  return (
    <Page title="Enrolment" description="Which machines become endpoints, and what they are given when they do">
      <Stack gap="md">
        <WaitingPanel />
        <TokensPanel />
      </Stack>
    </Page>
  );
}
