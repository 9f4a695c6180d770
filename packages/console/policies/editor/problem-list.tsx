import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { PolicyProblem } from '@thimble/protocol';
import classes from '../policies.module.css';

interface ProblemListProps {
  readonly problems: readonly PolicyProblem[];
  readonly kind: 'problem' | 'warning';
  /** Brings the reader to the line. */
  readonly onShow?: ((line: number) => void) | undefined;
}

/** What is wrong or doubtful, each at its place, with what to write instead. */
export function ProblemList({ problems, kind, onShow }: ProblemListProps) {
  const Icon = kind === 'problem' ? IconAlertTriangle : IconInfoCircle;
  return (
    <ul className={classes['problems']}>
      {problems.map((problem, index) => (
        <li key={index} data-tone={kind === 'problem' ? 'danger' : 'notice'}>
          <Icon size={15} aria-hidden />
          <span>
            <Place problem={problem} onShow={onShow} />
            {problem.message}
            {problem.hint === null ? '' : <span className={classes['dim']}> {problem.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Place({ problem: { line, path }, onShow }: { problem: PolicyProblem; onShow: ProblemListProps['onShow'] }) {
  if (line !== null && onShow !== undefined)
    return (
      <>
        <button type="button" className={classes['place']} onClick={() => onShow(line)}>
          Line {line}
        </button>
        {': '}
      </>
    );
  const words = [line === null ? '' : `Line ${line}`, path].filter((word) => word !== '').join(', ');
  return words === '' ? null : `${words}: `;
}
