import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

const SETTLE_MS = 250;

interface SearchInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The search of a page, which `/` reaches. Tells its value when typing has paused. */
export function SearchInput({ label, value, onChange }: SearchInputProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    // The address changed by other means than typing here, such as going back.
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  const tell = (next: string): void => {
    told.current = next;
    onChange(next);
  };
  const settle = useDebouncedCallback(tell, SETTLE_MS);
  return (
    <TextInput
      type="search"
      data-page-search
      aria-label={label}
      placeholder={label}
      value={text}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? null : (
          <CloseButton
            size="sm"
            aria-label="Clear the search"
            onClick={() => {
              setText('');
              tell('');
            }}
          />
        )
      }
      onChange={(event) => {
        setText(event.currentTarget.value);
        settle(event.currentTarget.value);
      }}
      style={{ flex: '1 1 14rem', maxWidth: '26rem' }}
    />
  );
}
