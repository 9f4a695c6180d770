import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/people-queries.ts';
import { Loaded } from '../feedback/loaded.tsx';
import { formatMoment } from '../format/time.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { AuthenticatorPanel } from './authenticator-panel.tsx';
import { PasskeysPanel } from './passkeys-panel.tsx';
import { PasswordFields } from './password-fields.tsx';
import { ProfileForm } from './profile-form.tsx';
import { ProvidersPanel } from './providers-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

export function AccountPage() {
  const me = useQuery(meQuery);
  return (
    <Page title="Account" description="Who you are here, and how you sign in">
      <Loaded query={me}>
        {(account) => (
          <Stack gap="md">
            <Panel title="You">
              <ProfileForm key={account.id} me={account} />
            </Panel>
            <PasskeysPanel me={account} />
            <Panel
              title="Password"
              note={
                account.passwordChangedAt === null
                  ? 'You have none'
                  : `Changed ${formatMoment(account.passwordChangedAt)}`
              }
            >
              {account.login === null ? (
                <Text size="sm">A password needs a login: choose one above first.</Text>
              ) : (
                <PasswordFields
                  login={account.login}
                  action={account.passwordChangedAt === null ? 'Set a password' : 'Change the password'}
                />
              )}
            </Panel>
            <AuthenticatorPanel me={account} />
            <ProvidersPanel me={account} />
            <SessionsPanel />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
