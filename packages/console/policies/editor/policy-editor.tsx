import { SegmentedControl, Text } from '@mantine/core';
import type { PolicyValidation } from '@thimble/protocol';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { Banner } from '../../feedback/banner.tsx';
import { PolicyFormContext, type PolicyForm as Form } from '../form/form-context.ts';
import { PolicyForm } from '../form/policy-form.tsx';
import { readText, withItemMoved, withValue } from '../text/policy-text.ts';
import { EffectSide } from './effect-side.tsx';
import { showLine, TextEditor } from './text-editor.tsx';
import { useValidation } from './use-validation.ts';
import classes from '../policies.module.css';

interface PolicyEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** What stands below, told whether the text as it is can be saved. */
  readonly children: (validation: PolicyValidation | undefined, settled: boolean) => ReactNode;
}

const NOTHING: never[] = [];

/** A policy as fields or as text. The text is what is true: fields only change their place in it. */
export function PolicyEditor({ text, onChange, children }: PolicyEditorProps) {
  const [as, setAs] = useState('form');
  const area = useRef<HTMLTextAreaElement>(null);
  const { validation, pending, error } = useValidation(text);
  const problems = validation?.problems ?? NOTHING;
  const value = useMemo(() => readText(text), [text]);
  const form = useMemo(
    (): Form | null =>
      value === null
        ? null
        : {
            value,
            problems,
            change: (path, next) => onChange(withValue(text, path, next)),
            move: (path, from, to) => onChange(withItemMoved(text, path, from, to)),
          },
    [value, problems, text, onChange],
  );
  return (
    <>
      <SegmentedControl
        mb="sm"
        aria-label="Edit as"
        value={as}
        onChange={setAs}
        data={[
          { value: 'form', label: 'Form' },
          { value: 'text', label: 'Text' },
        ]}
      />
      <div className={classes['editor']}>
        <div>
          {as === 'text' ? (
            <TextEditor
              text={text}
              onChange={onChange}
              problems={pending ? NOTHING : problems}
              warnings={pending ? NOTHING : (validation?.warnings ?? NOTHING)}
              area={area}
            />
          ) : form === null ? (
            <Banner kind="unknown">
              The text can’t be read as it is, so there are no fields to show. Mend it as text first.
            </Banner>
          ) : (
            <PolicyFormContext value={form}>
              <Text size="sm" c="dimmed" mb="xs">
                Empty fields say nothing; grey words are what holds then.
              </Text>
              <PolicyForm effect={validation?.effect ?? null} />
            </PolicyFormContext>
          )}
        </div>
        <EffectSide
          validation={validation}
          pending={pending}
          error={error}
          onShow={as === 'text' ? (line) => showLine(area.current, text, line) : undefined}
        />
      </div>
      {children(validation, !pending)}
    </>
  );
}
