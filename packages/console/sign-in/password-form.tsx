import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import type { Session } from '@thimble/protocol';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { signInByPassword, signInBySecondFactor } from '../api/people-actions.ts';

interface PasswordFormProps {
  readonly onSignedIn: (session: Session) => void;
  /** undefined: another try has begun. */
  readonly onFailure: (error: unknown) => void;
}

/** Login and password, then the second factor where there is one. */
export function PasswordForm({ onSignedIn, onFailure }: PasswordFormProps) {
  const [ticket, setTicket] = useState<string>();
  return ticket === undefined ? (
    <FirstStep onSignedIn={onSignedIn} onFailure={onFailure} onTicket={setTicket} />
  ) : (
    <SecondStep ticket={ticket} onSignedIn={onSignedIn} onFailure={onFailure} onBack={() => setTicket(undefined)} />
  );
}

function FirstStep({ onSignedIn, onFailure, onTicket }: PasswordFormProps & { onTicket: (ticket: string) => void }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onFailure(undefined);
    setPending(true);
    signInByPassword(login.trim(), password)
      .then((reply) => (reply.kind === 'signed-in' ? onSignedIn(reply.session) : onTicket(reply.ticket)), onFailure)
      .finally(() => setPending(false));
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput
          label="Login"
          autoComplete="username webauthn"
          value={login}
          maxLength={200}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          maxLength={1024}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={pending} disabled={login.trim() === '' || password === ''}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

interface SecondStepProps extends PasswordFormProps {
  readonly ticket: string;
  readonly onBack: () => void;
}

function SecondStep({ ticket, onSignedIn, onFailure, onBack }: SecondStepProps) {
  const field = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<'code' | 'recovery-code'>('code');
  const [code, setCode] = useState('');
  const [pending, setPending] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onFailure(undefined);
    setPending(true);
    signInBySecondFactor(ticket, { kind, code: code.trim() })
      .then(onSignedIn, onFailure)
      .finally(() => setPending(false));
  };
  const isApp = kind === 'code';
  // The reader has just pressed a button for this field.
  useEffect(() => field.current?.focus(), [kind]);
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <Text size="sm">
          {isApp ? 'Enter the code that your authenticator app shows.' : 'Enter one of your recovery codes.'}
        </Text>
        <TextInput
          label={isApp ? 'Code' : 'Recovery code'}
          inputMode={isApp ? 'numeric' : 'text'}
          autoComplete="one-time-code"
          ref={field}
          value={code}
          maxLength={isApp ? 9 : 64}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={pending} disabled={code.trim().length < (isApp ? 6 : 8)}>
          Sign in
        </Button>
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => {
            setCode('');
            setKind(isApp ? 'recovery-code' : 'code');
          }}
        >
          {isApp ? 'Use a recovery code' : 'Use the authenticator app'}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          Start again
        </Anchor>
      </Stack>
    </form>
  );
}
