import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys.ts';
import { ORGANISATION_HERE } from '../api/organisation-here.ts';
import { SignInCard } from './sign-in-card.tsx';
import { SignInWays } from './sign-in-ways.tsx';

/** In place of a page: after signing in it is there. */
export function SignedOut() {
  const client = useQueryClient();
  return (
    <SignInCard title="You are signed out">
      <SignInWays
        onSignedIn={(session) => {
          // The session that came is that of one's own organisation.
          if (ORGANISATION_HERE !== undefined) return window.location.reload();
          client.clear();
          client.setQueryData(keys.session, session);
        }}
      />
    </SignInCard>
  );
}
