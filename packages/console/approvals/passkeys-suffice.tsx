import { Text } from '@mantine/core';
import { Tag } from '../states/state-badge.tsx';

/** What it means where nobody has to sign by key file, and the way out. */
export function PasskeysSuffice() {
  return (
    <Text size="sm" maw="44rem">
      <Tag tone="danger">passkeys alone are enough</Tag> A passkey signs what the console’s page asks for, also at a
      sign-in. So whoever steals this server can take people’s sign-ins for their approvals. Give approvers key files
      and demand one: <code>thimble approvers propose --approver NAME=FILE.pub --key-files-at-least 1</code>
    </Text>
  );
}
