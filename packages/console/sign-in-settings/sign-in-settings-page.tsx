import { Stack } from '@mantine/core';
import { Page } from '../shell/page.tsx';
import { AddressPanel } from './address-panel.tsx';
import { ProvidersPanel } from './providers-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';

export function SignInSettingsPage() {
  return (
    <Page title="Sign-in" description="How people of this organisation come in">
      <Stack gap="md">
        <AddressPanel />
        <RulesPanel />
        <ProvidersPanel />
      </Stack>
    </Page>
  );
}
