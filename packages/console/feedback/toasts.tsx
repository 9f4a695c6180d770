import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { problemOf } from './problem-of.ts';

const UNDO_MS = 10_000;
const PROBLEM_MS = 12_000;

export function toastDone(title: string, message?: string): void {
  notifications.show({ title, message: message ?? '', icon: <IconCheck size={18} />, color: 'teal.8' });
}

export function toastProblem(error: unknown): void {
  const problem = problemOf(error);
  notifications.show({
    title: problem.title,
    message: [problem.detail, problem.hint].filter((text) => text !== undefined).join(' '),
    icon: <IconAlertTriangle size={18} />,
    color: 'red.8',
    autoClose: PROBLEM_MS,
    role: 'alert',
  });
}

/** Something was done that can still be taken back. */
export function toastUndo(title: string, undoLabel: string, undo: () => void): void {
  const id = notifications.show({
    title,
    icon: <IconCheck size={18} />,
    color: 'teal.8',
    autoClose: UNDO_MS,
    message: (
      <Button
        size="compact-xs"
        variant="default"
        mt={4}
        onClick={() => {
          notifications.hide(id);
          undo();
        }}
      >
        {undoLabel}
      </Button>
    ),
  });
}
