import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { valueAt, type FieldPath } from '../text/policy-text.ts';
import { usePolicyForm } from './form-context.ts';
import classes from '../policies.module.css';

interface ItemListProps {
  readonly path: FieldPath;
  /** What one of them is, such as `ring`. */
  readonly noun: string;
  readonly empty: string;
  /** What a new one says. */
  readonly create: (count: number) => unknown;
  /** Whether their order means something. */
  readonly ordered?: boolean;
  readonly children: (path: FieldPath, index: number) => ReactNode;
}

/** A list of a policy whose items are added, removed and, where it matters, put in order. */
export function ItemList({ path, noun, empty, create, ordered = false, children }: ItemListProps) {
  const { value, change, move } = usePolicyForm();
  const list = valueAt(value, path);
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return (
    <div>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : null}
      {items.map((item, index) => {
        const name = String(valueAt(item, ['name']) ?? valueAt(item, ['per']) ?? index + 1);
        return (
          <div key={index} className={classes['item']} role="group" aria-label={`${noun} ${name}`}>
            <div className={classes['itemHead']}>
              <strong>{name}</strong>
              <Group gap={4}>
                {ordered ? (
                  <>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Move ${noun} ${name} up`}
                      disabled={index === 0}
                      onClick={() => move(path, index, index - 1)}
                    >
                      <IconArrowUp size={16} aria-hidden />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Move ${noun} ${name} down`}
                      disabled={index === items.length - 1}
                      onClick={() => move(path, index, index + 1)}
                    >
                      <IconArrowDown size={16} aria-hidden />
                    </ActionIcon>
                  </>
                ) : null}
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${noun} ${name}`}
                  onClick={() => change([...path, index], undefined)}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </div>
            {children([...path, index], index)}
          </div>
        );
      })}
      <Button
        mt="xs"
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => change([...path, items.length], create(items.length))}
      >
        Add a {noun}
      </Button>
    </div>
  );
}
