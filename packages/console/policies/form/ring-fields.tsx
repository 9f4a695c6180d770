import { NativeSelect } from '@mantine/core';
import { valueAt, type FieldPath } from '../text/policy-text.ts';
import { ListField, TextField } from './fields.tsx';
import { EndpointFilterFields } from './filter-fields.tsx';
import { useField } from './form-context.ts';
import { GateFields } from './gate-fields.tsx';
import classes from '../policies.module.css';

const KINDS = {
  rest: { label: 'everybody else', value: 'rest' },
  percent: { label: 'a share of the endpoints', value: { percent: 10 } },
  count: { label: 'so many endpoints', value: { count: 1 } },
  filter: { label: 'those that match', value: { filter: { labels: { ring: 'canary' } } } },
} as const;
type Kind = keyof typeof KINDS;

/** Whom a ring takes, how long it is watched, and what its gate asks for. */
export function RingFields({ path }: { path: FieldPath }) {
  const kind = useMembersKind(path);
  return (
    <>
      <div className={classes['fields']}>
        <TextField path={[...path, 'name']} label="Name" required />
        <MembersKind path={path} kind={kind} />
        {kind === 'percent' ? <TextField path={[...path, 'members', 'percent']} label="Percent" required /> : null}
        {kind === 'count' ? <TextField path={[...path, 'members', 'count']} label="Endpoints" required /> : null}
        <TextField path={[...path, 'soak']} label="Soaks for" placeholder="0m" description="After its last endpoint" />
        <TextField path={[...path, 'atOnce']} label="At the same time" placeholder="as the policy says" />
        <ListField path={[...path, 'windows']} label="Windows" placeholder="all" />
        <GateFields path={path} />
      </div>
      {kind === 'filter' ? <EndpointFilterFields path={[...path, 'members', 'filter']} /> : null}
    </>
  );
}

function useMembersKind(path: FieldPath): Kind | undefined {
  const { value } = useField([...path, 'members']);
  if (value === 'rest') return 'rest';
  return (['percent', 'count', 'filter'] as const).find((kind) => valueAt(value, [kind]) !== undefined);
}

function MembersKind({ path, kind }: { path: FieldPath; kind: Kind | undefined }) {
  const { set, error } = useField([...path, 'members']);
  return (
    <NativeSelect
      label="Takes"
      error={error}
      value={kind ?? ''}
      data={[
        ...(kind === undefined ? [{ value: '', label: 'say whom' }] : []),
        ...Object.entries(KINDS).map(([value, { label }]) => ({ value, label })),
      ]}
      onChange={({ currentTarget: { value } }) => {
        const chosen = (Object.keys(KINDS) as Kind[]).find((one) => one === value);
        if (chosen !== undefined) set(KINDS[chosen].value);
      }}
    />
  );
}
