import { Popover, Text, TextInput } from '@mantine/core';
import { IconBuilding, IconSearch, IconSelector } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import type { Session } from '@thimble/protocol';
import { type CSSProperties, type KeyboardEvent, useState } from 'react';
import { addressIn } from '../api/organisation-here.ts';
import { organisationsQuery } from '../api/organisation-queries.ts';
import { colourOf } from './organisation-band.tsx';
import { matching, toTree, type TreeNode } from './tree.ts';
import classes from './acting-in.module.css';

/**
 * Leads into another organisation, for whoever may enter more than one. Its entries are links, so that a client can be
 * opened in a tab of its own; each loads the console anew.
 */
export function OrganisationSwitch({ session }: { session: Session }) {
  const items = useQuery(organisationsQuery).data?.items ?? [];
  const [opened, setOpened] = useState(false);
  const { organisation, home } = session;
  const isAway = organisation.id !== home.id;
  if (items.length < 2 && !isAway) return null;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={300}
      shadow="md"
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <button
          type="button"
          className={isAway ? `${classes['switch']} ${classes['coloured']}` : classes['switch']}
          style={isAway ? colourOf(organisation.id) : undefined}
          aria-label={`Organisation: ${organisation.name}`}
          onClick={() => setOpened(!opened)}
        >
          <IconBuilding size={17} stroke={1.7} aria-hidden />
          <span className="truncate">{organisation.name}</span>
          <IconSelector size={15} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="Organisations">
        <Choice session={session} nodes={toTree(items)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice({ session: { organisation, home }, nodes }: { session: Session; nodes: readonly TreeNode[] }) {
  const [text, setText] = useState('');
  const { pathname } = useLocation();
  const shown = matching(nodes, text);
  const addressOf = (id: string): string => addressIn(id === home.id ? undefined : id, sectionOf(pathname));
  const first = shown.find(({ organisation: { name } }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div data-walked>
      <TextInput
        type="search"
        aria-label="Search organisations"
        placeholder="Search organisations"
        data-autofocus
        value={text}
        leftSection={<IconSearch size={16} aria-hidden />}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          walk(event);
          if (event.key === 'Enter' && first !== undefined) window.location.assign(addressOf(first.organisation.id));
        }}
      />
      <ul className={classes['list']}>
        {shown.map(({ organisation: { id, name }, depth }) => (
          <li key={id}>
            <a
              className={classes['entry']}
              href={addressOf(id)}
              onKeyDown={walk}
              aria-current={id === organisation.id ? 'true' : undefined}
              style={{ '--depth': depth } as CSSProperties}
            >
              <span className="truncate">{name}</span>
              {id === home.id ? (
                <Text span size="xs" c="dimmed">
                  yours
                </Text>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed" p="xs" role="status">
          No organisation is called so.
        </Text>
      ) : null}
    </div>
  );
}

/** A list that one looks at is looked at in the other organisation too; what has an id is there only here. */
function sectionOf(pathname: string): string {
  return `/${pathname.split('/')[1] ?? ''}`;
}

/** Arrows go from the search through the links and back. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const list = event.currentTarget.closest('[data-walked]');
  if (step === 0 || list === null) return;
  const stops = [...list.querySelectorAll<HTMLElement>('input, a')];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
  event.preventDefault();
}
