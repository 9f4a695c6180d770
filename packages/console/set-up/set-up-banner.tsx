import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Session } from '@thimble/protocol';
import { Banner } from '../feedback/banner.tsx';

/** For somebody who came by a link and put the rest off. */
export function SetUpBanner({ session }: { session: Session }) {
  if (!session.setUpNeeded) return null;
  return (
    <Banner kind="notice">
      The link that signed you in worked once.{' '}
      <Anchor component={Link} to="/set-up" size="sm">
        Add a passkey or a password
      </Anchor>
    </Banner>
  );
}
