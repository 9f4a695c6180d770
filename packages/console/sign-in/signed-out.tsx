import { Stack, Text } from '@mantine/core';
import { CopyLine } from '../settings/copy-line.tsx';
import { SignInCard } from './sign-in-card.tsx';

export function SignedOut() {
  return (
    <SignInCard title="You are signed out">
      <HowToSignIn />
    </SignInCard>
  );
}

export function HowToSignIn() {
  return (
    <Stack gap="sm">
      <Text size="sm">To sign in, ask the server for a one-time link and open it in this browser:</Text>
      <CopyLine label="Command for a sign-in link" text="thimble sign-in-link" />
      <Text size="sm" c="dimmed">
        Run it on the machine where Thimble runs. From a checkout: <code>npm run thimble -- sign-in-link</code>
      </Text>
    </Stack>
  );
}
