import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { OrderKeyEntry } from '@thimble/protocol';
import { orderKeysQuery } from '../../api/order-keys.ts';
import { LinesSkeleton, Loaded } from '../../feedback/loaded.tsx';
import { Panel } from '../../shell/panel.tsx';
import { DataTable } from '../../tables/data-table.tsx';
import { followersInWords } from './followers-in-words.ts';
import { NotFollowing } from './not-following.tsx';
import { ORDER_KEY_COLUMNS } from './order-key-columns.tsx';

const idOf = ({ keyid }: OrderKeyEntry): string => keyid;

/** Which keys sign orders, and who follows: replacing one takes the server’s own command line. */
export function OrderKeysPanel() {
  const query = useQuery(orderKeysQuery);
  return (
    <Panel title="Order keys" note="Replaced on the server itself: thimble server rotate-order-key">
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} />}>
        {(status) => (
          <Stack gap="md">
            <DataTable
              label="Keys that sign orders"
              columns={ORDER_KEY_COLUMNS}
              rows={status.keys}
              rowId={idOf}
              rowName={idOf}
              empty={<Text size="sm">No key has signed yet.</Text>}
            />
            <Text size="sm">{followersInWords(status)}</Text>
            {status.endpoints.astray === 0 ? null : (
              <Alert variant="light" color="red" title="Some endpoints took a list that this server did not make">
                Was the server brought back from before a rotation? Then rotate once with its later key
                (--also-signed-by). Otherwise somebody has a key of yours: revoke it (--revoke), and enrol these
                endpoints anew.
              </Alert>
            )}
            <NotFollowing status={status} />
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
