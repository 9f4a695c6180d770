import { Autocomplete, Button, Group, Modal, Radio, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EndpointAsset, EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { setEndpointAsset } from '../api/actions.ts';
import { relaysQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { CRITICALITIES, EXPOSURES } from './asset-words.ts';
import { labelsOf, oddLabel, tagsOf } from './labels.ts';

const TIME_ZONES = Intl.supportedValuesOf('timeZone');

interface AssetDialogProps {
  readonly endpoint: EndpointSummary;
  readonly asset: EndpointAsset;
  readonly onClose: () => void;
}

/** States how critical an endpoint is, from where it is reached, where it stands, and what policies sort it by. */
export function AssetDialog({ endpoint, asset, onClose }: AssetDialogProps) {
  const [criticality, setCriticality] = useState(asset.criticality);
  const [exposure, setExposure] = useState(asset.exposure);
  const [site, setSite] = useState(asset.site ?? '');
  const [labels, setLabels] = useState(() => tagsOf(asset.labels));
  const [groups, setGroups] = useState<string[]>(asset.groups ?? []);
  const [timeZone, setTimeZone] = useState(asset.timeZone ?? '');
  const odd = oddLabel(labels);
  const relays = useQuery(relaysQuery).data?.items ?? [];
  const sites = [...new Set(relays.flatMap((relay) => relay.site ?? []))].filter((one) => one !== '').sort();
  const save = useAction({
    run: () =>
      setEndpointAsset(endpoint.id, {
        criticality,
        exposure,
        site: site.trim(),
        labels: labelsOf(labels),
        groups,
        timeZone: timeZone.trim(),
      }),
    refresh: [
      keys.endpoint(endpoint.id),
      keys.endpoints,
      keys.policies,
      keys.vulnerabilities,
      keys.risk,
      keys.nextPatches,
    ],
    done: () => {
      onClose();
      toastDone('Saved', endpoint.hostname);
    },
  });
  return (
    <Modal opened onClose={onClose} title={endpoint.hostname} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="lg">
          <Choice label="Criticality" words={CRITICALITIES} value={criticality} onChange={setCriticality} />
          <Choice label="Reached from" words={EXPOSURES} value={exposure} onChange={setExposure} />
          <Autocomplete
            label="Site"
            description="The relay of this site is asked first; empty: chosen by network"
            data={sites}
            // Above, so that it does not hide what saves.
            comboboxProps={{ position: 'top' }}
            maxLength={100}
            value={site}
            onChange={setSite}
          />
          <TagsInput
            label="Labels"
            description="What policies and budgets sort endpoints by; Enter ends one"
            placeholder={labels.length === 0 ? 'role=web' : ''}
            error={odd}
            value={labels}
            acceptValueOnBlur
            onChange={setLabels}
          />
          <TagsInput label="Groups" value={groups} acceptValueOnBlur onChange={setGroups} />
          <Autocomplete
            label="Time zone"
            description="In which its windows are; empty: the server’s"
            data={TIME_ZONES}
            limit={20}
            comboboxProps={{ position: 'top' }}
            value={timeZone}
            onChange={setTimeZone}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={save.isPending} disabled={odd !== undefined}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly words: Readonly<Record<Value, { readonly label: string; readonly meaning: string }>>;
  readonly value: Value;
  readonly onChange: (next: Value) => void;
}

function Choice<Value extends string>({ label, words, value, onChange }: ChoiceProps<Value>) {
  const values = Object.keys(words) as Value[];
  return (
    <Radio.Group
      label={label}
      value={value}
      onChange={(next) => {
        const chosen = values.find((one) => one === next);
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      <Stack gap={6} mt="xs">
        {values.map((one) => (
          <Radio key={one} value={one} label={words[one].label} description={words[one].meaning} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
