import { Kbd, Modal, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useNewRun } from '../runs/new-run.tsx';

const CHORD_MS = 1200;
const PLACES = {
  o: { to: '/', label: 'Overview' },
  e: { to: '/endpoints', label: 'Endpoints' },
  v: { to: '/vulnerabilities', label: 'Vulnerabilities' },
  n: { to: '/next-patches', label: 'Next patches' },
  x: { to: '/exceptions', label: 'Exceptions' },
  a: { to: '/gaps', label: 'Gaps' },
  f: { to: '/feeds', label: 'Feeds' },
  p: { to: '/repositories', label: 'Repositories' },
  z: { to: '/snapshots', label: 'Snapshots' },
  b: { to: '/blocks', label: 'Blocks' },
  c: { to: '/content-store', label: 'Content store' },
  u: { to: '/updates', label: 'Updates' },
  l: { to: '/policies', label: 'Policies' },
  k: { to: '/rollouts', label: 'Rollouts' },
  w: { to: '/windows', label: 'Windows' },
  r: { to: '/runs', label: 'Patch runs' },
  t: { to: '/evidence', label: 'Evidence' },
  s: { to: '/settings', label: 'Settings' },
} as const;

function isPlace(key: string): key is keyof typeof PLACES {
  return Object.hasOwn(PLACES, key);
}

/** The keyboard's shortcuts, and the list of them. */
export function Shortcuts() {
  const [opened, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const newRun = useNewRun();
  const chordAt = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      const inChord = event.timeStamp - chordAt.current < CHORD_MS;
      chordAt.current = event.key === 'g' ? event.timeStamp : 0;
      if (inChord && isPlace(event.key)) void navigate({ to: PLACES[event.key].to });
      else if (event.key === '?') open();
      else if (event.key === 'n') newRun({});
      else if (event.key === '/') void focusSearch(() => navigate({ to: '/endpoints' }));
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate, newRun, open]);
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="sm">
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          <Line keys={['/']} text="Search" />
          <Line keys={['n']} text="New patch run" />
          <Line keys={['?']} text="This list" />
          {Object.entries(PLACES).map(([key, { label }]) => (
            <Line key={key} keys={['g', key]} text={`Go to ${label}`} />
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function Line({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <Table.Tr>
      <Table.Td w={90}>
        {keys.map((key) => (
          <Kbd key={key} mr={4}>
            {key}
          </Kbd>
        ))}
      </Table.Td>
      <Table.Td>{text}</Table.Td>
    </Table.Tr>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName) || isTextInput(target))
  );
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

/** The page's own search; where it has none, that of the endpoints. */
async function focusSearch(goToEndpoints: () => Promise<void>): Promise<void> {
  const find = (): HTMLInputElement | null => document.querySelector('input[data-page-search]');
  if (find() === null) await goToEndpoints();
  requestAnimationFrame(() => find()?.focus());
}
