import { Stack } from '@mantine/core';
import { Page } from '../shell/page.tsx';
import { FourEyesPanel } from './four-eyes-panel.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { RolesPanel } from './roles-panel.tsx';

/** Who may do what in this organisation. */
export function PeoplePage() {
  return (
    <Page title="People" description="Who may do what here. Nobody can give more than they have themselves.">
      <Stack gap="md">
        <PeoplePanel />
        <RolesPanel />
        <FourEyesPanel />
      </Stack>
    </Page>
  );
}
