import { Checkbox, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Organisation } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { archiveOrganisation } from '../api/organisation-actions.ts';
import { clientStatesQuery } from '../api/organisation-queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';

/** Says what ends with an organisation, and what stays. */
export function ArchiveDialog({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const states = useQuery(clientStatesQuery).data?.items;
  const [removes, setRemoves] = useState(false);
  const archive = useAction({
    run: () => archiveOrganisation(organisation.id, removes),
    refresh: [keys.organisations, keys.evidence],
    done: ({ name }) => {
      toastDone('The organisation is archived', name);
      onClose();
    },
  });
  // Of one that the reader does not oversee nothing is known: then the server says whether it is empty.
  const count = states?.find((state) => state.organisation.id === organisation.id)?.endpointCount;
  return (
    <ConfirmDialog
      opened
      title={`Archive ${organisation.name}?`}
      action="Archive"
      danger
      pending={archive.isPending}
      {...(count !== undefined && count > 0 && !removes
        ? { unready: `It has ${plural(count, 'endpoint')}: tick the box, or remove them first.` }
        : {})}
      onClose={onClose}
      onConfirm={() => archive.mutate()}
    >
      <Stack gap="sm">
        <Text size="sm">
          Nobody can act in it any more, and its API and enrolment tokens end. Nothing of it is deleted: its evidence
          and its history stay, and it can be brought back.
        </Text>
        {count === 0 ? null : (
          <Checkbox
            label={count === undefined ? 'Remove its endpoints' : `Remove its ${plural(count, 'endpoint')}`}
            description="An organisation with endpoints is not archived. Those that are removed must be enrolled anew, should it come back."
            checked={removes}
            onChange={(event) => setRemoves(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
