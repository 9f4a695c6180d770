import { ListField, SelectField, SwitchField, TextField } from './fields.tsx';
import { FormSection } from './form-section.tsx';
import classes from '../policies.module.css';

const SNAPSHOTS = [
  { value: 'none', label: 'none' },
  { value: 'required', label: 'required: no installation without' },
];
const REBOOTS = [
  { value: 'never', label: 'never' },
  { value: 'always', label: 'always' },
];
const CONSENTS = [{ value: 'ask', label: 'who is signed in is asked, and can defer' }];
const ROLL_BACKS = [
  { value: 'nothing', label: 'nothing' },
  { value: 'ring', label: 'the whole ring' },
];

/** What happens on an endpoint besides the installation itself, and when it goes wrong. */
export function DeployFields() {
  return (
    <>
      <FormSection title="On the endpoint" keys={['deploy']}>
        <div className={classes['fields']}>
          <TextField path={['deploy', 'preStage']} label="Fetches so long ahead" placeholder="12h" />
          <TextField
            path={['deploy', 'expectedDuration']}
            label="Takes at most"
            placeholder="learned, else 30m"
            description="Nothing starts that could end after its window"
          />
          <ListField
            path={['deploy', 'before']}
            label="Steps before"
            description="Names of the endpoint’s own allow-list"
          />
          <ListField path={['deploy', 'after']} label="Steps after" description="Whatever became of it" />
          <SelectField
            path={['deploy', 'fileSystemSnapshot']}
            label="File system snapshot"
            unsaid="where it is possible"
            usual="where-possible"
            options={SNAPSHOTS}
          />
          <SwitchField path={['deploy', 'restartServices']} label="Restart services that use old code" usual />
        </div>
      </FormSection>
      <FormSection title="Reboot" keys={['deploy']}>
        <div className={classes['fields']}>
          <SelectField
            path={['deploy', 'reboot', 'when']}
            label="When"
            unsaid="if it is needed"
            usual="if-needed"
            options={REBOOTS}
          />
          <SelectField
            path={['deploy', 'reboot', 'consent']}
            label="Consent"
            unsaid="nobody is asked"
            usual="none"
            options={CONSENTS}
          />
          <TextField path={['deploy', 'reboot', 'deferFor']} label="Can be deferred for" placeholder="3d" />
          <TextField path={['deploy', 'reboot', 'stagger']} label="Between two of a ring" placeholder="0m" />
        </div>
      </FormSection>
      <FormSection title="When it fails" keys={['onFailure']}>
        <div className={classes['fields']}>
          <SelectField
            path={['onFailure', 'rollBack']}
            label="Goes back by itself"
            unsaid="each endpoint that failed"
            usual="endpoint"
            options={ROLL_BACKS}
          />
          <SwitchField
            path={['onFailure', 'block']}
            label="Block the versions that failed"
            description="On the whole fleet"
            usual={false}
          />
        </div>
      </FormSection>
    </>
  );
}
