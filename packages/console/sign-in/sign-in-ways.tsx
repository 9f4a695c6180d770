import { Alert, Anchor, Button, Divider, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '@thimble/protocol';
import { IconBuilding, IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { API } from '@thimble/protocol';
import { ORGANISATION_HERE } from '../api/organisation-here.ts';
import { queryString } from '../api/query-string.ts';
import { signInByPasskey } from '../api/people-actions.ts';
import { signInWaysQuery } from '../api/people-queries.ts';
import { problemOf } from '../feedback/problem-of.ts';
import { PasswordForm } from './password-form.tsx';
import { passkeyFailure } from './passkey-failure.ts';
import { HowToSignIn } from './how-to-sign-in.tsx';

interface SignInWaysProps {
  /** Of a sign-in by a provider that failed before. */
  readonly failure?: string | undefined;
  readonly organisation?: string | undefined;
  readonly onSignedIn: (session: Session) => void;
}

/** Every way in that this address has. */
export function SignInWays({ failure, organisation, onSignedIn }: SignInWaysProps) {
  const ways = useQuery(signInWaysQuery(organisation));
  const [error, setError] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const [showsLink, setShowsLink] = useState(false);
  const problem = error === undefined ? undefined : problemOf(error);
  const message = problem === undefined ? failure : [problem.detail ?? problem.title, problem.hint].join(' ').trim();

  const byPasskey = (): void => {
    setError(undefined);
    setPending(true);
    signInByPasskey()
      .then(onSignedIn, (cause: unknown) => setError(passkeyFailure(cause)))
      .finally(() => setPending(false));
  };

  return (
    <Stack gap="md">
      {message === undefined ? null : (
        <Alert color="red.8" variant="light" role="alert">
          {message}
        </Alert>
      )}
      {ways.data?.providers.map(({ id, name }) => (
        <Button
          key={id}
          component="a"
          href={`${API}/session/oidc/${id}${queryString({ from: ORGANISATION_HERE ?? organisation })}`}
          variant="default"
          leftSection={<IconBuilding size={18} aria-hidden />}
        >
          Sign in with {name}
        </Button>
      ))}
      <Button
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={pending}
        disabled={ways.data?.passkey.rpId === null}
        onClick={byPasskey}
      >
        Sign in with a passkey
      </Button>
      {ways.data?.passkey.why == null ? null : (
        <Text size="xs" c="dimmed">
          {ways.data.passkey.why}
        </Text>
      )}
      <Divider label="or" />
      <PasswordForm onSignedIn={onSignedIn} onFailure={setError} />
      {showsLink ? (
        <HowToSignIn />
      ) : (
        <Anchor component="button" type="button" size="sm" onClick={() => setShowsLink(true)}>
          I can’t sign in, or this server is new
        </Anchor>
      )}
    </Stack>
  );
}
