import { Stack, Text } from '@mantine/core';
import { CopyLine } from '../settings/copy-line.tsx';

/** The way that is always there: from the machine of the server. */
export function HowToSignIn() {
  return (
    <Stack gap="sm">
      <Text size="sm">Ask the server for a one-time link and open it in this browser:</Text>
      <CopyLine label="Command for a sign-in link" text="thimble sign-in-link" />
      <Text size="sm" c="dimmed">
        Run it on the machine where Thimble runs. From a checkout: <code>npm run thimble -- sign-in-link</code>
      </Text>
      <Text size="sm" c="dimmed">
        If you were invited, or lost your way to sign in, an administrator can send you a link too.
      </Text>
    </Stack>
  );
}
