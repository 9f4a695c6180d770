import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  /** The verb on the button: what will happen. */
  readonly action: string;
  readonly danger?: boolean;
  readonly pending: boolean;
  /** Why it can't be done as it stands. */
  readonly unready?: string;
  readonly size?: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

/** Asks before something that can't be taken back, and says what it does. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, action, danger = false, pending, unready, size = 'md', onClose, onConfirm, children } = props;
  const reasonId = useId();
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size}>
      <Stack gap="lg">
        <Text component="div" size="sm">
          {children}
        </Text>
        {unready === undefined ? null : (
          <Text id={reasonId} size="sm" c="dimmed" role="status">
            {unready}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Back
          </Button>
          <Button
            {...(danger ? { color: 'red.8' } : {})}
            loading={pending}
            disabled={unready !== undefined}
            {...(unready === undefined ? {} : { 'aria-describedby': reasonId })}
            onClick={onConfirm}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
