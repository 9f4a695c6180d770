import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Panel } from '../../shell/panel.tsx';
import { valueAt } from '../text/policy-text.ts';
import { usePolicyForm } from './form-context.ts';

interface FormSectionProps {
  readonly title: string;
  readonly note?: string;
  /** Keys of the policy that it shows. */
  readonly keys: readonly string[];
  readonly children: ReactNode;
}

/** A part of the form. What the policy says nothing of is closed at first, and what has a problem is open. */
export function FormSection({ title, note, keys, children }: FormSectionProps) {
  const { value, problems } = usePolicyForm();
  const [opened, setOpened] = useState(() => keys.some((key) => valueAt(value, [key]) !== undefined));
  const wrong = problems.some(({ path }) => keys.some((key) => path.split(/[.[]/)[0] === key));
  const open = opened || wrong;
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <Panel
      title={title}
      note={note}
      end={
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={open}
          aria-label={`${open ? 'Hide' : 'Show'} ${title}`}
          disabled={wrong}
          rightSection={<Icon size={14} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {open ? 'Hide' : 'Show'}
        </Button>
      }
    >
      {open ? children : null}
    </Panel>
  );
}
