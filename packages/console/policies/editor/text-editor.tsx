import type { PolicyProblem } from '@thimble/protocol';
import { useId, type RefObject } from 'react';
import classes from '../policies.module.css';

interface TextEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
  readonly area: RefObject<HTMLTextAreaElement | null>;
}

/** The policy as it is written, with the lines that something is wrong with marked. */
export function TextEditor({ text, onChange, problems, warnings, area }: TextEditorProps) {
  const hint = useId();
  const count = text.split('\n').length;
  const toneOf = (line: number): 'danger' | 'notice' | undefined =>
    problems.some((one) => one.line === line)
      ? 'danger'
      : warnings.some((one) => one.line === line)
        ? 'notice'
        : undefined;
  return (
    <>
      <div className={classes['text']}>
        <div className={classes['lines']} aria-hidden>
          {Array.from({ length: count }, (_, index) => (
            <span key={index} data-tone={toneOf(index + 1)}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          className={classes['area']}
          aria-label="The policy’s text"
          aria-describedby={hint}
          aria-invalid={problems.length > 0}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          rows={count + 1}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      <div id={hint} className={classes['dim']}>
        YAML or JSON. It is checked while you write.
      </div>
    </>
  );
}

/** Selects a line, so that it is in sight and can be typed over. */
export function showLine(area: HTMLTextAreaElement | null, text: string, line: number): void {
  if (area === null) return;
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
