import { Group, NumberInput, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import type { CollectorDraft } from './collector-draft.ts';

interface ReceiverFieldsProps {
  readonly draft: CollectorDraft;
  /** Whether a secret is kept that an empty field leaves as it is. */
  readonly keepsSecret: boolean;
  readonly onChange: (more: Partial<CollectorDraft>) => void;
}

/** What is asked of each kind of receiver. */
export function ReceiverFields(props: ReceiverFieldsProps) {
  return props.draft.kind === 'syslog' ? <SyslogFields {...props} /> : <HttpsFields {...props} />;
}

function SyslogFields({ draft, keepsSecret, onChange }: ReceiverFieldsProps) {
  return (
    <>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Host"
          placeholder="siem.example.org"
          value={draft.host}
          maxLength={253}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => onChange({ host: event.currentTarget.value })}
        />
        <NumberInput
          label="Port"
          value={draft.port}
          min={1}
          max={65_535}
          allowDecimal={false}
          w={110}
          onChange={(port) => onChange({ port: Number(port) })}
        />
        <SegmentedControl
          aria-label="What is in a message"
          data={[
            { value: 'ocsf', label: 'OCSF' },
            { value: 'text', label: 'Text' },
          ]}
          value={draft.format}
          onChange={(format) => onChange({ format: format === 'text' ? 'text' : 'ocsf' })}
        />
      </Group>
      <Textarea
        label="Certificate of this server"
        description="PEM, by which the receiver knows it; empty: it need not"
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
        value={draft.clientCertificate}
        onChange={(event) => onChange({ clientCertificate: event.currentTarget.value })}
      />
      {draft.clientCertificate.trim() === '' ? null : (
        <Textarea
          label="Its private key"
          description={keepsSecret ? 'PEM; empty: the one that is kept' : 'PEM; it is never shown again'}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          value={draft.secret}
          onChange={(event) => onChange({ secret: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function HttpsFields({ draft, keepsSecret, onChange }: ReceiverFieldsProps) {
  return (
    <>
      <TextInput
        label="Address"
        placeholder="https://siem.example.org:8088/services/collector/raw"
        value={draft.url}
        maxLength={2_000}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <PasswordInput
        label="Authorization"
        description={
          keepsSecret
            ? 'Empty: the one that is kept'
            : 'The header’s value, such as “Splunk …”; it is never shown again'
        }
        autoComplete="off"
        value={draft.secret}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
    </>
  );
}
