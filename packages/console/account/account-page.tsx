import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { API, type Me } from '@thimble/protocol';
import { IconBuilding } from '@tabler/icons-react';
import { meQuery, signInWaysQuery } from '../api/people-queries.ts';
import { Loaded } from '../feedback/loaded.tsx';
import { formatMoment } from '../format/time.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { AuthenticatorPanel } from './authenticator-panel.tsx';
import { PasskeysPanel } from './passkeys-panel.tsx';
import { PasswordFields } from './password-fields.tsx';
import { ProfileForm } from './profile-form.tsx';
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
            <Providers me={account} />
            <SessionsPanel />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** Providers by which this person signs in, or could. */
function Providers({ me }: { me: Me }) {
  const ways = useQuery(signInWaysQuery());
  const linked = new Set(me.providers.map(({ id }) => id));
  const others = (ways.data?.providers ?? []).filter(({ id }) => !linked.has(id));
  if (linked.size === 0 && others.length === 0) return null;
  return (
    <Panel title="Single sign-on" note="Identity providers that vouch for you here">
      <Stack gap="sm">
        {me.providers.map(({ id, name }) => (
          <Text key={id} size="sm">
            {name} signs you in.
          </Text>
        ))}
        <Group gap="xs">
          {others.map(({ id, name }) => (
            <Button
              key={id}
              component="a"
              href={`${API}/session/oidc/${id}?link=true`}
              variant="default"
              leftSection={<IconBuilding size={18} aria-hidden />}
            >
              Link {name}
            </Button>
          ))}
        </Group>
      </Stack>
    </Panel>
  );
}
