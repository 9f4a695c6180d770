import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CreatedEnrolmentToken } from '@thimble/protocol';
import { useState } from 'react';
import { createEnrolmentToken, removeEnrolmentToken } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { enrolmentTokensQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { CopyLine } from './copy-line.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenList } from './token-list.tsx';

export function EnrolmentTokens() {
  const query = useQuery(enrolmentTokensQuery);
  const [created, setCreated] = useState<CreatedEnrolmentToken>();
  const create = useAction({ run: createEnrolmentToken, refresh: [keys.enrolmentTokens], done: setCreated });
  const revoke = useAction({
    run: (id: string) => removeEnrolmentToken(id),
    refresh: [keys.enrolmentTokens],
    done: () => toastDone('The token is revoked'),
  });
  return (
    <Panel title="Enrol endpoints" note="Make a token, then run the command that comes with it on each machine">
      <TokenForm withUses pending={create.isPending} onCreate={(request) => create.mutate(request)} />
      {created === undefined ? null : (
        <Alert
          variant="light"
          color="thread"
          mb="md"
          title={`Token “${created.token.name}” is ready`}
          withCloseButton
          closeButtonLabel="Hide"
          onClose={() => setCreated(undefined)}
        >
          <Stack gap="xs">
            <Text size="sm">Run this as root on the machine. The token is not shown again.</Text>
            <CopyLine label="Enrolment command" text={created.command} />
          </Stack>
        </Alert>
      )}
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) => (
          <TokenList
            label="Enrolment tokens"
            tokens={items}
            empty="No further machine can enrol now."
            pending={revoke.isPending}
            onRevoke={(token, done) => revoke.mutate(token.id, { onSuccess: done })}
          />
        )}
      </Loaded>
    </Panel>
  );
}
