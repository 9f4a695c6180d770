import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys.ts';
import { SignInCard } from './sign-in-card.tsx';
import { SignInWays } from './sign-in-ways.tsx';

/** In place of a page: after signing in it is there. */
export function SignedOut() {
  const client = useQueryClient();
  return (
    <SignInCard title="You are signed out">
      <SignInWays
        onSignedIn={(session) => {
          client.clear();
          client.setQueryData(keys.session, session);
        }}
      />
    </SignInCard>
  );
}
