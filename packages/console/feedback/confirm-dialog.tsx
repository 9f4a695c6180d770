import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  /** The verb on the button: what will happen. */
  readonly action: string;
  readonly danger?: boolean;
  readonly pending: boolean;
  readonly size?: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

/** Asks before something that can't be taken back, and says what it does. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, action, danger = false, pending, size = 'md', onClose, onConfirm, children } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size}>
      <Stack gap="lg">
        <Text component="div" size="sm">
          {children}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Back
          </Button>
          <Button {...(danger ? { color: 'red.8' } : {})} loading={pending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
