import { Anchor, Button, NativeSelect } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { PolicyTemplateList } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { createPolicy } from '../api/policy-actions.ts';
import { templatesQuery } from '../api/policy-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { PreviewPanel } from '../preview/preview-panel.tsx';
import { Page } from '../shell/page.tsx';
import { PolicyEditor } from './editor/policy-editor.tsx';
import classes from './policies.module.css';

const route = getRouteApi('/frame/policies/new');

/** A policy that begins with a template. */
export function NewPolicyPage() {
  const query = useQuery(templatesQuery);
  const { template: wanted } = route.useSearch();
  return (
    <Page
      title="New policy"
      trail={
        <Anchor
          component={Link}
          to="/policies"
          size="sm"
          style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}
        >
          <IconChevronLeft size={14} aria-hidden />
          Policies
        </Anchor>
      }
      description="Begin with a template, look at whom it would take and what it would do, then save it."
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={10} />}>
        {({ items }) => <Draft key={wanted ?? ''} templates={items} wanted={wanted} />}
      </Loaded>
    </Page>
  );
}

function Draft({ templates, wanted }: { templates: PolicyTemplateList['items']; wanted: string | undefined }) {
  const navigate = route.useNavigate();
  const template = templates.find(({ name }) => name === wanted) ?? templates[0];
  const [text, setText] = useState(template?.text ?? 'format: 1\nname: new-policy\n');
  const [previewing, setPreviewing] = useState(false);
  const create = useAction({
    run: () => createPolicy({ text, note: template === undefined ? '' : `from the template ${template.name}` }),
    refresh: [keys.policies],
    done: ({ summary }) => {
      toastDone('Saved', summary.name);
      void navigate({ to: '/policies/$policyId', params: { policyId: summary.id }, search: {} });
    },
  });
  return (
    <div>
      <NativeSelect
        mb="sm"
        label="Template"
        description="Another one replaces what is written below"
        style={{ maxWidth: '26rem' }}
        value={template?.name ?? ''}
        data={templates.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={({ currentTarget: { value } }) => void navigate({ search: { template: value }, replace: true })}
      />
      <PolicyEditor text={text} onChange={setText}>
        {(validation, settled) => (
          <>
            <div className={classes['save']}>
              <Button
                variant="default"
                disabled={validation?.document == null || !settled}
                onClick={() => setPreviewing(true)}
              >
                Preview
              </Button>
              <Button
                loading={create.isPending}
                disabled={!settled || validation?.valid !== true}
                onClick={() => create.mutate()}
              >
                Save
              </Button>
            </div>
            {previewing && validation?.document != null ? (
              <div style={{ marginTop: '1rem' }}>
                <PreviewPanel draft={validation.document} policyName={validation.document.name} present />
              </div>
            ) : null}
          </>
        )}
      </PolicyEditor>
    </div>
  );
}
