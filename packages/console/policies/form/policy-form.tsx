import type { PolicyEffect } from '@thimble/protocol';
import { Panel } from '../../shell/panel.tsx';
import { ClientsField } from './clients-field.tsx';
import { ContentField } from './content-field.tsx';
import { DeployFields } from './deploy-fields.tsx';
import { ListField, SwitchField, TextField } from './fields.tsx';
import { EndpointFilterFields, UpdateFilterFields } from './filter-fields.tsx';
import { FormSection } from './form-section.tsx';
import { GateFields } from './gate-fields.tsx';
import { ItemList } from './item-list.tsx';
import { RingFields } from './ring-fields.tsx';
import { WindowFields } from './window-fields.tsx';
import classes from '../policies.module.css';

const DEADLINES = [
  ['kev', 'Known to be exploited', 'due-date'],
  ['act', 'Act', '48h'],
  ['attend', 'Attend', '7d'],
  ['critical', 'Critical', '7d'],
  ['high', 'High', '14d'],
  ['medium', 'Medium', '30d'],
  ['low', 'Low', '90d'],
  ['other', 'Everything else', '30d'],
] as const;

/** The parts of a policy as fields. What they don't know stays in the text as it is. */
export function PolicyForm({ effect }: { effect: PolicyEffect | null }) {
  return (
    <div className={classes['sections']}>
      <BasicFields />
      <FormSection title="Scope" keys={['scope']} note="All that is given must hold; nothing given: every endpoint">
        <EndpointFilterFields path={['scope']} />
      </FormSection>
      <FormSection title="Not these" keys={['exclude']} note="Left out, although the scope takes them">
        <EndpointFilterFields path={['exclude']} />
      </FormSection>
      <FormSection title="What is taken" keys={['select']} note="Nothing given: security updates">
        <UpdateFilterFields path={['select']} />
      </FormSection>
      <FormSection title="Taken always" keys={['always']} note="The urgent ones, whatever stands above">
        <UpdateFilterFields path={['always']} />
      </FormSection>
      <FormSection
        title="Deadlines"
        keys={['deadlines']}
        note="From when the vendor published it; the soonest that applies counts"
      >
        <div className={classes['fields']}>
          {DEADLINES.map(([key, label, placeholder]) => (
            <TextField key={key} path={['deadlines', key]} label={label} placeholder={placeholder} />
          ))}
        </div>
      </FormSection>
      <StartFields />
      <FormSection title="Windows" keys={['windows']} note="Installations begin and end in them">
        <ItemList
          path={['windows']}
          noun="window"
          empty="None: any time is fine."
          create={(count) => ({ name: `window-${count + 1}`, on: 'every day', at: '22:00', lasts: '6h' })}
        >
          {(path) => <WindowFields path={path} effect={effect} />}
        </ItemList>
      </FormSection>
      <FormSection
        title="Rings"
        keys={['rings']}
        note="In this order; the next one begins when the one before has passed its gate"
      >
        <ItemList
          path={['rings']}
          noun="ring"
          ordered
          empty="One ring with everybody."
          create={(count) => ({ name: `ring-${count + 1}`, members: count === 0 ? { count: 1 } : 'rest' })}
        >
          {(path) => <RingFields path={path} />}
        </ItemList>
      </FormSection>
      <CareFields />
      <DeployFields />
    </div>
  );
}

function BasicFields() {
  return (
    <Panel title="Policy">
      <div className={classes['fields']}>
        <TextField path={['name']} label="Name" required />
        <TextField path={['description']} label="Description" />
        <TextField
          path={['priority']}
          label="Priority"
          placeholder="100"
          description="An endpoint in several scopes follows the highest"
        />
        <ClientsField />
        <SwitchField path={['enabled']} label="Switched on" usual />
      </div>
    </Panel>
  );
}

function StartFields() {
  return (
    <FormSection
      title="Start and content"
      keys={['start', 'content', 'blackouts']}
      note="When a rollout begins by itself; nothing given: when somebody starts it"
    >
      <div className={classes['fields']}>
        <TextField path={['start', 'on']} label="On" placeholder="every Tuesday" />
        <TextField path={['start', 'at']} label="At" placeholder="18:00" />
        <TextField path={['start', 'timeZone']} label="Time zone" placeholder="endpoint" />
        <ContentField />
        <ListField path={['blackouts']} label="Blackout calendars" description="Nothing begins during their events" />
      </div>
    </FormSection>
  );
}

/** How carefully: gates and trials of all rings, how many at once, who approves. */
function CareFields() {
  return (
    <>
      <FormSection title="Gate and trial" keys={['gate', 'trial']} note="Of every ring that says nothing else">
        <div className={classes['fields']}>
          <GateFields path={[]} />
        </div>
      </FormSection>
      <FormSection
        title="Budgets"
        keys={['atOnce', 'budgets']}
        note="So many of those that stand for each other may be out at a time"
      >
        <div className={classes['fields']}>
          <TextField path={['atOnce']} label="At the same time, at most" placeholder="10%" />
        </div>
        <ItemList
          path={['budgets']}
          noun="budget"
          empty="No budget besides."
          create={() => ({ per: 'site', atMost: '25%' })}
        >
          {(path) => (
            <div className={classes['fields']}>
              <TextField
                path={[...path, 'per']}
                label="Per"
                description="all, site, group, or label: and a key"
                required
              />
              <TextField path={[...path, 'atMost']} label="At most" placeholder="25%" required />
            </div>
          )}
        </ItemList>
      </FormSection>
      <FormSection title="Approvals" keys={['approvals']} note="Before a rollout begins">
        <div className={classes['fields']}>
          <TextField path={['approvals', 'required']} label="People who have to approve" placeholder="0" />
          <ListField path={['approvals', 'from']} label="Of these" placeholder="anybody who may" />
        </div>
      </FormSection>
    </>
  );
}
