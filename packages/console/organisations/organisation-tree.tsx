import { Button, Group, Tooltip } from '@mantine/core';
import { ORGANISATION_LEVELS, type Organisation, type Session } from '@thimble/protocol';
import { type CSSProperties, useMemo, useState } from 'react';
import { addressIn } from '../api/organisation-here.ts';
import { Ago } from '../format/moment.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { Expander } from '../tables/expander.tsx';
import { ArchiveDialog } from './archive-dialog.tsx';
import { NameDialog } from './name-dialog.tsx';
import { OrganisationDetail } from './organisation-detail.tsx';
import type { TreeNode } from './tree.ts';
import classes from './organisation-tree.module.css';

type Doing = { readonly kind: 'create' | 'rename' | 'archive'; readonly organisation: Organisation };

interface OrganisationTreeProps {
  readonly nodes: readonly TreeNode[];
  readonly session: Session;
  readonly mayChange: boolean;
}

/** Each below the one to which it belongs, with what can be done to it from where the reader acts. */
export function OrganisationTree({ nodes, session, mayChange }: OrganisationTreeProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [doing, setDoing] = useState<Doing>();
  const columns = useMemo(() => {
    const toggle = (id: string): void => {
      const next = new Set(open);
      if (!next.delete(id)) next.add(id);
      setOpen(next);
    };
    return [nameColumn(session, open, toggle), CREATED, actions(nodes, session, mayChange, setDoing)];
  }, [nodes, session, open, mayChange]);
  const close = (): void => setDoing(undefined);
  return (
    <>
      <DataTable
        label="Organisations"
        columns={columns}
        rows={nodes}
        rowId={({ organisation }) => organisation.id}
        rowName={({ organisation }) => organisation.name}
        expanded={open}
        detail={({ organisation }) => (
          <OrganisationDetail organisation={organisation} nodes={nodes} session={session} />
        )}
        empty={null}
      />
      {doing === undefined ? null : doing.kind === 'archive' ? (
        <ArchiveDialog organisation={doing.organisation} onClose={close} />
      ) : (
        <NameDialog kind={doing.kind} organisation={doing.organisation} onClose={close} />
      )}
    </>
  );
}

function nameColumn(session: Session, open: ReadonlySet<string>, toggle: (id: string) => void): Column<TreeNode> {
  return {
    id: 'name',
    header: 'Organisation',
    title: true,
    cell: ({ organisation: { id, name }, depth }) => (
      <span className={classes['name']} style={{ '--depth': depth } as CSSProperties}>
        <Expander open={open.has(id)} onToggle={() => toggle(id)}>
          {name}
        </Expander>{' '}
        {id === session.home.id ? <Tag tone="quiet">yours</Tag> : null}
        {id === session.organisation.id && id !== session.home.id ? <Tag tone="notice">you act here</Tag> : null}
      </span>
    ),
  };
}

const CREATED: Column<TreeNode> = {
  id: 'created',
  header: 'Made',
  width: '8rem',
  from: 'md',
  cell: ({ organisation }) => <Ago at={organisation.createdAt} />,
};

/** What can be done with one; what can't be, from where the reader acts, is there all the same with the reason. */
function actions(
  nodes: readonly TreeNode[],
  { organisation: here, home }: Session,
  mayChange: boolean,
  act: (doing: Doing) => void,
): Column<TreeNode> {
  const withClients = new Set(nodes.map(({ organisation }) => organisation.parentId));
  const parents = new Map(nodes.map(({ organisation }) => [organisation.id, organisation.parentId]));
  const isBelow = (id: string | null | undefined): boolean =>
    id !== null && id !== undefined && (id === here.id || isBelow(parents.get(id)));
  return {
    id: 'actions',
    header: '',
    width: mayChange ? '23rem' : '6rem',
    wide: true,
    cell: ({ organisation, depth }) => {
      const { id, name } = organisation;
      const changes: readonly (readonly [Doing['kind'], string, string, string | undefined])[] = [
        [
          'create',
          'New client …',
          `New client of ${name}`,
          depth < ORGANISATION_LEVELS - 1
            ? undefined
            : `There are ${ORGANISATION_LEVELS} levels: this one has no clients`,
        ],
        ['rename', 'Rename …', `Rename ${name}`, undefined],
        ['archive', 'Archive …', `Archive ${name}`, whyStays(id === here.id, withClients.has(id))],
      ];
      return (
        <Group gap={4} justify="flex-end">
          {id === here.id ? null : (
            <Button
              variant="subtle"
              size="compact-sm"
              component="a"
              href={addressIn(id === home.id ? undefined : id, '/')}
              aria-label={`Open ${name}`}
            >
              Open
            </Button>
          )}
          {mayChange && isBelow(id)
            ? changes.map(([kind, text, label, why]) => (
                <Change key={kind} text={text} label={label} why={why} onClick={() => act({ kind, organisation })} />
              ))
            : null}
        </Group>
      );
    },
  };
}

function whyStays(isHere: boolean, hasClients: boolean): string | undefined {
  if (isHere) return 'An organisation is archived from one above it';
  return hasClients ? 'Archive its clients first' : undefined;
}

interface ChangeProps {
  readonly text: string;
  readonly label: string;
  /** Why it can't be done; undefined: it can. */
  readonly why: string | undefined;
  readonly onClick: () => void;
}

/** A button that can be reached, and says its reason, also when it does nothing. */
function Change({ text, label, why, onClick }: ChangeProps) {
  const can = why === undefined;
  return (
    <Tooltip label={why} disabled={can}>
      <Button
        variant="subtle"
        size="compact-sm"
        {...(can ? {} : { 'data-disabled': true })}
        aria-disabled={!can}
        aria-label={label}
        onClick={() => {
          if (can) onClick();
        }}
      >
        {text}
      </Button>
    </Tooltip>
  );
}
