import { Button, Stack, Text } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ApproverSignature, StatementProgress } from '@thimble/protocol';
import { approversQuery } from '../api/approval-queries.ts';
import { keys } from '../api/keys.ts';
import { useAction } from '../feedback/use-action.ts';
import { useCommandHere } from '../organisations/command-in.ts';
import { Panel } from '../shell/panel.tsx';
import { progressInWords } from './approval-words.ts';
import { Digest } from './digest.tsx';
import { signWithPasskey } from './sign-with-passkey.ts';

interface SignPanelProps {
  readonly progress: StatementProgress;
  /** Nothing can be signed any more: only shows what was. */
  readonly closed?: boolean;
  /** Without the console, by a key file; as one types it at home. */
  readonly command: string;
  readonly send: (signature: ApproverSignature) => Promise<unknown>;
}

/** The digest to compare, who has signed it, and the way to sign it with a passkey. */
export function SignPanel({ progress, closed = false, command, send }: SignPanelProps) {
  const { data: approvers } = useQuery(approversQuery);
  const typed = useCommandHere(command);
  const set = approvers?.active?.set;
  const sign = useAction({
    run: async () => {
      if (set !== undefined) await send(await signWithPasskey(progress.digest, set));
    },
    refresh: [keys.approvals, keys.runs],
  });
  return (
    <Panel title="Signatures" note={`Signed: ${progressInWords(progress)}`}>
      <Stack gap="sm" align="flex-start">
        <Digest value={progress.digest} />
        {closed ? null : (
          <>
            <Text size="sm" c="dimmed" maw="44rem">
              Compare this digest with somebody who sees it on another machine before you sign. With a key file:{' '}
              <code>{typed}</code>
            </Text>
            <Button
              leftSection={<IconFingerprint size={16} aria-hidden />}
              loading={sign.isPending}
              disabled={set === undefined}
              onClick={() => sign.mutate()}
            >
              Sign with passkey
            </Button>
          </>
        )}
      </Stack>
    </Panel>
  );
}
