import { Button, Loader, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { signIn } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { problemOf } from '../feedback/problem-of.ts';
import { HowToSignIn } from './signed-out.tsx';
import { SignInCard } from './sign-in-card.tsx';
import { linkTokenOf } from './link-token.ts';

/**
 * Takes the one-time token from the address. It stands after the #, which browsers never send to servers, and is wiped
 * from the address and the history before anything else happens.
 */
export function SignInPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>();
  const [token, setToken] = useState(() => linkTokenOf(window.location.hash));
  const sent = useRef<string>(undefined);
  useEffect(() => {
    // Another link opened in this tab changes the fragment only: the page is not loaded again.
    const follow = (): void => {
      const next = linkTokenOf(window.location.hash);
      if (next === undefined) return;
      setFailure(undefined);
      setToken(next);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    if (token === undefined || sent.current === token) return;
    sent.current = token;
    window.history.replaceState(window.history.state, '', window.location.pathname);
    signIn(token).then(
      (session) => {
        client.setQueryData(keys.session, session);
        void navigate({ to: '/', replace: true });
      },
      (error: unknown) => setFailure(error),
    );
  }, [client, navigate, token]);

  if (token === undefined) {
    return (
      <SignInCard title="Sign in">
        <HowToSignIn />
      </SignInCard>
    );
  }
  if (failure === undefined) {
    return (
      <SignInCard title="Signing in …">
        <Loader type="dots" aria-label="Signing in" />
      </SignInCard>
    );
  }
  const problem = problemOf(failure);
  return (
    <SignInCard title="This link does not sign you in">
      <Stack gap="sm" role="alert">
        <Text size="sm">{problem.title}.</Text>
        <Text size="sm" c="dimmed">
          A sign-in link works once, and for a short time.
        </Text>
      </Stack>
      <HowToSignIn />
      {problem.code === 'unreachable' ? (
        <Button variant="default" onClick={() => window.location.reload()}>
          Load again
        </Button>
      ) : null}
    </SignInCard>
  );
}
