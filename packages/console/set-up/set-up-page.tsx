import { Alert, Button, Loader, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Me, Session } from '@thimble/protocol';
import { useState } from 'react';
import { ProblemError } from '../api/client.ts';
import { meQuery, signInWaysQuery } from '../api/people-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { AddPasskey } from '../account/add-passkey.tsx';
import { PasswordFields } from '../account/password-fields.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { SignInCard } from '../sign-in/sign-in-card.tsx';
import { SignedOut } from '../sign-in/signed-out.tsx';
import { WhoYouAre } from './who-you-are.tsx';

/** For somebody who came by a link: a name, and a way to come back without one. */
export function SetUpPage() {
  const session = useQuery(sessionQuery);
  const me = useQuery({ ...meQuery, enabled: session.data !== undefined });
  const [isNamed, setNamed] = useState(false);
  const navigate = useNavigate();
  const leave = (): void => void navigate({ to: '/', replace: true });

  const error = session.error ?? me.error;
  if (error instanceof ProblemError && error.problem.status === 401) return <SignedOut />;
  if (error !== null && (session.data === undefined || me.data === undefined))
    return (
      <SignInCard title="Set up your account">
        <ProblemPanel error={error} retry={() => void me.refetch()} />
      </SignInCard>
    );
  if (session.data === undefined || me.data === undefined)
    return (
      <SignInCard title="Set up your account">
        <Loader type="dots" aria-label="Loading" />
      </SignInCard>
    );
  return isNamed ? (
    <OwnWay me={me.data} onDone={leave} />
  ) : (
    <Naming session={session.data} me={me.data} onNamed={() => setNamed(true)} onLater={leave} />
  );
}

interface NamingProps {
  readonly session: Session;
  readonly me: Me;
  readonly onNamed: () => void;
  readonly onLater: () => void;
}

function Naming({ session, me, onNamed, onLater }: NamingProps) {
  return (
    <SignInCard title="Set up your account">
      <Text size="sm">
        The link has signed you in this once. Say who you are, then choose how you come in from now on.
      </Text>
      <WhoYouAre session={session} me={me} onSaved={onNamed} />
      <Button variant="subtle" color="gray" onClick={onLater}>
        Later
      </Button>
    </SignInCard>
  );
}

function OwnWay({ me, onDone }: { me: Me; onDone: () => void }) {
  const ways = useQuery(signInWaysQuery());
  const passkeys = ways.data?.passkey.rpId !== null;
  return (
    <SignInCard title="How you sign in">
      {me.rules.secondFactorRequired ? (
        <Alert variant="light" color="thread">
          Your organisation demands two factors: a passkey is both. After a password, add an authenticator app on the
          account page.
        </Alert>
      ) : null}
      <Tabs defaultValue={passkeys ? 'passkey' : 'password'} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="passkey">Passkey</Tabs.Tab>
          <Tabs.Tab value="password">Password</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="passkey">
          <Stack gap="sm">
            <Text size="sm">
              Your finger, face or PIN on this device or a security key. It can’t be guessed, and no other site can ask
              for it.
            </Text>
            <AddPasskey onAdded={onDone} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="password">
          <PasswordFields login={me.login ?? ''} action="Set the password" onSet={onDone} />
        </Tabs.Panel>
      </Tabs>
      <Button variant="subtle" color="gray" onClick={onDone}>
        Later
      </Button>
    </SignInCard>
  );
}
