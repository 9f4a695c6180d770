import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { PolicyDetail } from '@thimble/protocol';
import { useState } from 'react';
import { ProblemError } from '../api/client.ts';
import { keys } from '../api/keys.ts';
import { changePolicy } from '../api/policy-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { PreviewPanel } from '../preview/preview-panel.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { PolicyEditor } from './editor/policy-editor.tsx';
import classes from './policies.module.css';

/** Changes a policy. What somebody else saved meanwhile is shown, never overwritten unseen. */
export function EditTab({ detail }: { detail: PolicyDetail }) {
  const { id } = detail.summary;
  const client = useQueryClient();
  const [base, setBase] = useState({ version: detail.summary.version, text: detail.text });
  const [text, setText] = useState(detail.text);
  const [note, setNote] = useState('');
  const [previewing, setPreviewing] = useState(false);
  const begin = (from: PolicyDetail, next: string): void => {
    setBase({ version: from.summary.version, text: from.text });
    setText(next);
  };
  const save = useAction({
    run: () => changePolicy(id, { version: base.version, text, ...(note.trim() === '' ? {} : { note: note.trim() }) }),
    refresh: [keys.policies],
    done: (saved) => {
      client.setQueryData([...keys.policies, 'one', id], saved);
      begin(saved, saved.text);
      setNote('');
      toastDone('Saved', `${saved.summary.name}, version ${saved.summary.version}`);
    },
  });
  const changed = text !== base.text;
  // Nobody has begun to write: what is shown goes along.
  if (!changed && detail.summary.version !== base.version) begin(detail, detail.text);
  const refused = save.error instanceof ProblemError && save.error.problem.code === 'changed-meanwhile';
  if (changed && (detail.summary.version > base.version || refused))
    return (
      <ConflictPanel
        mine={text}
        theirs={detail}
        onTheirs={() => {
          save.reset();
          begin(detail, detail.text);
        }}
        onMine={() => {
          save.reset();
          begin(detail, text);
        }}
      />
    );
  return (
    <PolicyEditor text={text} onChange={setText}>
      {(validation, settled) => (
        <>
          <div className={classes['save']}>
            <TextInput
              label="What changed, and why"
              maxLength={2000}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
              style={{ flex: '1 1 16rem' }}
            />
            <Button variant="default" disabled={!changed} onClick={() => setText(base.text)}>
              Undo all
            </Button>
            <Button
              variant="default"
              disabled={validation?.document == null || !settled}
              onClick={() => setPreviewing(true)}
            >
              Preview this draft
            </Button>
            <Button
              loading={save.isPending}
              disabled={!changed || !settled || validation?.valid !== true}
              onClick={() => save.mutate()}
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
  );
}
