import type { FieldPath } from '../text/policy-text.ts';
import { ChoicesField, LabelsField, ListField, SwitchField, TextField } from './fields.tsx';
import classes from '../policies.module.css';

const CRITICALITIES = ['high', 'medium', 'low', 'unknown'].map((value) => ({ value, label: value }));
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'].map((value) => ({ value, label: value }));
const DECISIONS = ['act', 'attend', 'track*', 'track'].map((value) => ({ value, label: value }));
const TYPES = [
  { value: 'security', label: 'security' },
  { value: 'other', label: 'other' },
];

/** Which endpoints: all that is given must hold, nothing given is every endpoint. */
export function EndpointFilterFields({ path }: { path: FieldPath }) {
  return (
    <div className={classes['fields']}>
      <LabelsField path={[...path, 'labels']} label="Labels" />
      <ListField path={[...path, 'groups']} label="Groups" />
      <ListField path={[...path, 'sites']} label="Sites" />
      <ListField path={[...path, 'platforms']} label="Platforms" placeholder="debian" />
      <ListField path={[...path, 'hostnames']} label="Host names" placeholder="web-*" />
      <ChoicesField path={[...path, 'criticality']} label="Criticality" options={CRITICALITIES} />
    </div>
  );
}

/** Which updates: all that is given must hold. */
export function UpdateFilterFields({ path }: { path: FieldPath }) {
  return (
    <div className={classes['fields']}>
      <ChoicesField path={[...path, 'types']} label="Types" options={TYPES} />
      <ChoicesField path={[...path, 'severities']} label="Severities" options={SEVERITIES} />
      <ChoicesField path={[...path, 'ssvc']} label="Decision" options={DECISIONS} />
      <ListField path={[...path, 'packages']} label="Packages" placeholder="openssl, linux-*" />
      <ListField path={[...path, 'exceptPackages']} label="But not" />
      <ListField path={[...path, 'origins']} label="Origins" placeholder="Debian" />
      <TextField path={[...path, 'epssAtLeast']} label="EPSS at least" placeholder="0.1" />
      <TextField path={[...path, 'publishedAtLeast']} label="Published at least so long ago" placeholder="3d" />
      <SwitchField path={[...path, 'kev']} label="Only what is known to be exploited" usual={false} />
    </div>
  );
}
