import { Button, Loader, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Session } from '@thimble/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { signIn } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { addressIn, ORGANISATION_HERE } from '../api/organisation-here.ts';
import { problemOf } from '../feedback/problem-of.ts';
import { HowToSignIn } from './how-to-sign-in.tsx';
import { SignInCard } from './sign-in-card.tsx';
import { linkTokenOf } from './link-token.ts';
import { SignInWays } from './sign-in-ways.tsx';
import { signOnFailure } from './sign-on-failures.ts';

/**
 * Takes the one-time token from the address. It stands after the #, which browsers never send to servers, and is wiped
 * from the address and the history before anything else happens.
 */
export function SignInPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { failed, organisation } = useSearch({ from: '/sign-in' });
  const enter = useCallback(
    (session: Session): void => {
      const page = session.setUpNeeded ? '/set-up' : '/';
      // The session that came is that of one's own organisation.
      if (ORGANISATION_HERE !== undefined) return window.location.assign(addressIn(ORGANISATION_HERE, page));
      client.clear();
      client.setQueryData(keys.session, session);
      void navigate({ to: page, replace: true });
    },
    [client, navigate],
  );
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
    signIn(token).then(enter, (error: unknown) => setFailure(error));
  }, [enter, token]);

  if (token === undefined) {
    return (
      <SignInCard title="Sign in">
        <SignInWays failure={signOnFailure(failed)} organisation={organisation} onSignedIn={enter} />
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
