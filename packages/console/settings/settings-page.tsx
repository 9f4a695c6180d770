import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../api/access-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { Facts } from '../endpoints/facts.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { formatMoment } from '../format/time.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { CopyLine } from './copy-line.tsx';
import { Downloads } from './downloads.tsx';
import { OrderKeysPanel } from './order-keys/order-keys-panel.tsx';

export function SettingsPage() {
  const session = useQuery(sessionQuery);
  const maySeeOrders = useMay('runs:read');
  return (
    <Page title="Settings" description="The agent to install, and who may speak to this server">
      <Stack gap="md">
        <Downloads />
        <ApiTokens />
        {maySeeOrders ? <OrderKeysPanel /> : null}
        <Panel title="Server">
          <Loaded query={session}>
            {({ server, principal, organisation, expiresAt }) => (
              <Facts
                facts={[
                  ['Version', server.version],
                  ['Address', server.publicUrl],
                  [
                    'CA fingerprint',
                    server.caFingerprint === null ? (
                      'none: the certificate is one that systems trust already'
                    ) : (
                      <CopyLine key="ca" label="CA fingerprint" text={server.caFingerprint} />
                    ),
                  ],
                  [
                    'API',
                    <Anchor key="api" href="/api/docs" size="sm">
                      Reference of all routes
                    </Anchor>,
                  ],
                  ['Organisation', organisation.name],
                  ['Signed in as', principal.name],
                  ['Session ends', expiresAt === null ? 'when you sign out' : formatMoment(expiresAt)],
                ]}
              />
            )}
          </Loaded>
        </Panel>
      </Stack>
    </Page>
  );
}
