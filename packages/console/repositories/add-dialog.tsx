import { Button, FileInput, Group, Modal, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { AddRepositoryRequest, KeySummary } from '@thimble/protocol';
import { useState } from 'react';
import { addRepository, readKeys } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { KeyView } from './key-view.tsx';

type Format = Extract<AddRepositoryRequest['format'], 'apt' | 'rpm' | 'apk'>;
const FORMATS = [
  { value: 'apt', label: 'apt (Debian, Ubuntu)' },
  { value: 'rpm', label: 'rpm (dnf, zypper)' },
  { value: 'apk', label: 'apk (Alpine, Wolfi)' },
] as const;

/** A repository that no endpoint has: its place, and the keys that the vendor publishes. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const [format, setFormat] = useState<Format>('apt');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [suite, setSuite] = useState('');
  const [components, setComponents] = useState<string[]>(['main']);
  const [architectures, setArchitectures] = useState<string[]>(['amd64']);
  const [material, setMaterial] = useState('');
  const reading = useMutation({ mutationFn: readKeys });
  const found: readonly KeySummary[] = reading.data ?? [];
  const good = found.filter(({ problem }) => problem === '');
  const add = useAction({
    run: () =>
      addRepository({
        name: name.trim(),
        format,
        uris: [address.trim()],
        mirrorList: null,
        suite: format === 'apt' ? suite.trim() : '',
        components: format === 'apt' ? components : [],
        architectures,
        fingerprints: good.map(({ fingerprint }) => fingerprint),
        keyMaterial: material,
      }),
    refresh: [keys.content],
    done: (added) => {
      onClose();
      toastDone('Added', `${added.name} is looked at now.`);
    },
  });
  const flat = suite.trim().endsWith('/');
  const ready =
    name.trim() !== '' &&
    /^https?:\/\/\S+$/.test(address.trim()) &&
    (format !== 'apt' || (suite.trim() !== '' && (flat || components.length > 0))) &&
    architectures.length > 0 &&
    good.length > 0;
  return (
    <Modal opened onClose={onClose} title="Add a repository" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) add.mutate();
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label="Kind"
            data={[...FORMATS]}
            value={format}
            onChange={({ currentTarget: { value } }) => {
              const next = FORMATS.find((one) => one.value === value)?.value ?? 'apt';
              setFormat(next);
              setArchitectures([next === 'apt' ? 'amd64' : 'x86_64']);
            }}
          />
          <TextInput
            label="Name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Address"
            description={format === 'apt' ? 'The archive, without dists/' : 'The folder that has the index'}
            placeholder="https://"
            required
            inputMode="url"
            spellCheck={false}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          {format === 'apt' ? (
            <Group grow align="flex-start">
              <TextInput
                label="Suite"
                description="Or a path that ends in /"
                required
                value={suite}
                onChange={(event) => setSuite(event.currentTarget.value)}
              />
              <TagsInput
                label="Components"
                description="Of a suite"
                disabled={flat}
                value={flat ? [] : components}
                onChange={setComponents}
                splitChars={[',', ' ']}
              />
            </Group>
          ) : null}
          <TagsInput label="Architectures" value={architectures} onChange={setArchitectures} splitChars={[',', ' ']} />
          <FileInput
            label="Public keys"
            description="As the vendor publishes them, armored or PEM"
            placeholder="Choose a file"
            clearable
            clearButtonProps={{ 'aria-label': 'Remove the file' }}
            onChange={(file) => {
              reading.reset();
              setMaterial('');
              if (file === null) return;
              reading.mutate(file);
              void file.text().then((text) => setMaterial(withName(text, file.name)));
            }}
          />
          {reading.isError ? <ProblemPanel error={reading.error} /> : null}
          {found.length === 0 ? null : (
            <div>
              <Text size="sm" fw={550}>
                These vouch for it from then on; compare them with the vendor’s
              </Text>
              {found.map((key) => (
                <KeyView key={key.fingerprint} shown={key} />
              ))}
            </div>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={add.isPending} disabled={!ready}>
              Add and trust these keys
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Signatures of apk name their key by its file, which the key itself does not say: the name goes along on the line before it. */
function withName(text: string, name: string): string {
  return name.endsWith('.rsa.pub') ? text.replaceAll(/^(?=-----BEGIN )/gm, `${name}\n`) : text;
}
