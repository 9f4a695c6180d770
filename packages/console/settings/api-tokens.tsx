import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CreatedToken } from '@thimble/protocol';
import { useState } from 'react';
import { createToken, removeToken } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { tokensQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { CopyLine } from './copy-line.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenList } from './token-list.tsx';

export function ApiTokens() {
  const query = useQuery(tokensQuery);
  const [created, setCreated] = useState<CreatedToken>();
  const create = useAction({ run: createToken, refresh: [keys.tokens], done: setCreated });
  const revoke = useAction({
    run: (id: string) => removeToken(id),
    refresh: [keys.tokens],
    done: () => toastDone('The token is revoked'),
  });
  return (
    <Panel title="API tokens" note="For scripts and the command line on other machines; none may more than who made it">
      <TokenForm pending={create.isPending} onCreate={(request) => create.mutate(request)} />
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
            <Text size="sm">Send it as a bearer token. It is not shown again.</Text>
            <CopyLine label="API token" text={created.secret} />
          </Stack>
        </Alert>
      )}
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) => (
          <TokenList
            label="API tokens"
            tokens={items}
            empty="Only people who sign in use this server’s API."
            pending={revoke.isPending}
            onRevoke={(token, done) => revoke.mutate(token.id, { onSuccess: done })}
          />
        )}
      </Loaded>
    </Panel>
  );
}
