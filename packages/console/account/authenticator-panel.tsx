import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Me, NewAuthenticator } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import {
  confirmAuthenticator,
  newAuthenticator,
  newRecoveryCodes,
  removeAuthenticator,
} from '../api/people-actions.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { formatMoment } from '../format/time.ts';
import { CopyLine } from '../settings/copy-line.tsx';
import { Panel } from '../shell/panel.tsx';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Codes of an app as the second factor of a password, and what stands in for a telephone that was lost. */
export function AuthenticatorPanel({ me }: { me: Me }) {
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <Panel title="Authenticator app" note="A code of six digits that is asked for after your password">
      <Stack gap="md">
        {codes === undefined ? null : <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
        {me.authenticatorSince === null ? (
          <AddAuthenticator hasPassword={me.passwordChangedAt !== null} onCodes={setCodes} />
        ) : (
          <KeptAuthenticator me={me} since={me.authenticatorSince} onCodes={setCodes} />
        )}
      </Stack>
    </Panel>
  );
}

interface WithCodes {
  readonly onCodes: (codes: readonly string[]) => void;
}

function AddAuthenticator({ hasPassword, onCodes }: WithCodes & { hasPassword: boolean }) {
  const [made, setMade] = useState<NewAuthenticator>();
  const begin = useAction({ run: newAuthenticator, done: setMade });
  if (!hasPassword)
    return <Text size="sm">Codes come after a password, and you have none. A passkey needs no second factor.</Text>;
  if (made === undefined)
    return (
      <Button
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        loading={begin.isPending}
        onClick={() => begin.mutate()}
      >
        Add an authenticator app
      </Button>
    );
  return <FirstCode made={made} onCodes={onCodes} />;
}

function FirstCode({ made, onCodes }: WithCodes & { made: NewAuthenticator }) {
  const [code, setCode] = useState('');
  const confirm = useAction({
    run: confirmAuthenticator,
    refresh: [keys.me],
    done: ({ codes }) => onCodes(codes),
  });
  return (
    <Stack gap="sm">
      <Text size="sm">Scan this with the app, or type the secret. Then enter the code that the app shows.</Text>
      <QrCode text={made.uri} label="QR code for the authenticator app" />
      <CopyLine label="Secret for the authenticator app" text={made.secret} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(code.trim());
        }}
      >
        <Group gap="sm" align="flex-end">
          <TextInput
            label="Code"
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            maxLength={9}
            w={140}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" loading={confirm.isPending} disabled={code.trim().length < 6}>
            Turn on
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

function KeptAuthenticator({ me, since, onCodes }: WithCodes & { me: Me; since: string }) {
  const [removing, setRemoving] = useState(false);
  const renew = useAction({ run: newRecoveryCodes, refresh: [keys.me], done: ({ codes }) => onCodes(codes) });
  const drop = useAction({
    run: removeAuthenticator,
    refresh: [keys.me],
    done: () => {
      setRemoving(false);
      toastDone('The authenticator app is removed');
    },
  });
  return (
    <>
      <Text size="sm">Codes are asked for since {formatMoment(since)}.</Text>
      {me.recoveryCodesLeft > 3 ? (
        <Text size="sm">{me.recoveryCodesLeft} recovery codes are left.</Text>
      ) : (
        <Alert color="yellow.8" variant="light">
          Only {me.recoveryCodesLeft} recovery codes are left. Make new ones before you need them.
        </Alert>
      )}
      <Group gap="xs">
        <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          New recovery codes
        </Button>
        <Button
          variant="subtle"
          c="var(--mantine-color-error)"
          disabled={me.rules.secondFactorRequired}
          onClick={() => setRemoving(true)}
        >
          Remove the app …
        </Button>
      </Group>
      <ConfirmDialog
        opened={removing}
        title="Remove the authenticator app?"
        action="Remove"
        danger
        pending={drop.isPending}
        onClose={() => setRemoving(false)}
        onConfirm={() => drop.mutate()}
      >
        From then on your password alone signs you in. The recovery codes end, too.
      </ConfirmDialog>
    </>
  );
}
