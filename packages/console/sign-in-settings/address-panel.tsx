import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import { Loaded } from '../feedback/loaded.tsx';
import { CopyLine } from '../settings/copy-line.tsx';
import { Panel } from '../shell/panel.tsx';

/** Where this organisation's people begin: which providers there are is told only to who knows its id. */
export function AddressPanel() {
  const session = useQuery(sessionQuery);
  return (
    <Panel title="Address to sign in" note="To hand out to the people of this organisation">
      <Loaded query={session}>
        {({ server, organisation }) => (
          <>
            <CopyLine label="Address to sign in" text={signInAddress(server.publicUrl, organisation.id)} />
            <Text size="sm" c="dimmed" mt="xs">
              It offers the identity providers of {organisation.name}. Passkeys and passwords work at any address of
              this server.
            </Text>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function signInAddress(publicUrl: string, organisationId: string): string {
  const address = new URL('/sign-in', publicUrl);
  address.searchParams.set('organisation', organisationId);
  return address.href;
}
