import { Checkbox, Group, NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FieldPath } from '../text/policy-text.ts';
import { useField } from './form-context.ts';
import { labelsOf, tagsOf } from './label-tags.ts';

interface FieldProps {
  readonly path: FieldPath;
  readonly label: string;
  readonly description?: string;
}

/** Words or a number. While it is empty nothing is said of it; a `required` one stays where it is. */
export function TextField({
  path,
  label,
  description,
  placeholder,
  required = false,
}: FieldProps & { readonly placeholder?: string; readonly required?: boolean }) {
  const { value, error, set } = useField(path);
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      required={required}
      error={error}
      value={shown}
      onChange={({ currentTarget: { value: next } }) => {
        setTyped(next);
        if (next !== '' || required) set(/^(0|[1-9]\d{0,8}|0?\.\d{1,6})$/.test(next) ? Number(next) : next);
      }}
      onBlur={() => {
        // Not before: what is cleared to write something else keeps its place and its comments.
        if (typed === '' && !required) set(undefined);
        setTyped(undefined);
      }}
    />
  );
}

/** Several words; Enter or a comma ends one. */
export function ListField({ path, label, description, placeholder }: FieldProps & { readonly placeholder?: string }) {
  const { value, error, set } = useField(path);
  const items = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      label={label}
      description={description}
      error={error}
      placeholder={items.length === 0 ? placeholder : ''}
      value={items}
      acceptValueOnBlur
      onChange={(next) => set(next.length === 0 ? undefined : next)}
    />
  );
}

/** `role=web`, as many as there are; the same key twice means either value. */
export function LabelsField({ path, label, description }: FieldProps) {
  const { value, error, set } = useField(path);
  const [refused, setRefused] = useState<string>();
  const tags = tagsOf(value);
  return (
    <TagsInput
      label={label}
      description={description}
      error={refused ?? error}
      placeholder={tags.length === 0 ? 'role=web' : ''}
      value={tags}
      acceptValueOnBlur
      onChange={(next) => {
        const odd = next.find((tag) => !/^[^=]+=.+$/.test(tag));
        setRefused(odd === undefined ? undefined : `${odd} is no label; write a key, = and a value.`);
        if (odd === undefined) set(labelsOf(next));
      }}
    />
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

/** One of a few; the first option leaves it out, or is what a policy says that says `usual`. */
export function SelectField({
  path,
  label,
  description,
  unsaid,
  usual,
  options,
}: FieldProps & { readonly unsaid: string; readonly usual?: string; readonly options: readonly Option[] }) {
  const { value, error, set } = useField(path);
  const said = value === usual ? undefined : value;
  const known = options.some((option) => option.value === said);
  return (
    <NativeSelect
      label={label}
      description={description}
      error={error}
      data={[
        { value: '', label: unsaid },
        ...options,
        ...(said === undefined || known ? [] : [{ value: '?', label: 'as the text says', disabled: true }]),
      ]}
      value={said === undefined ? '' : known ? String(said) : '?'}
      onChange={({ currentTarget: { value: next } }) => set(next === '' ? undefined : next)}
    />
  );
}

/** Any of a few; none checked leaves it out. */
export function ChoicesField({
  path,
  label,
  description,
  options,
}: FieldProps & { readonly options: readonly Option[] }) {
  const { value, error, set } = useField(path);
  return (
    <Checkbox.Group
      label={label}
      description={description}
      error={error}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(next) => set(next.length === 0 ? undefined : next)}
    >
      <Group gap="md" mt={6}>
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value} label={option.label} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

/** On or off. What is so when nothing is said needs no words in the policy, so it is left out again. */
export function SwitchField({ path, label, description, usual }: FieldProps & { readonly usual: boolean }) {
  const { value, error, set } = useField(path);
  return (
    <Switch
      label={label}
      description={description}
      error={error}
      checked={typeof value === 'boolean' ? value : usual}
      onChange={({ currentTarget: { checked } }) => set(checked === usual ? undefined : checked)}
    />
  );
}
