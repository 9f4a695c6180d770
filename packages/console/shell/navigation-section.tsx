import { useLocalStorage } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useId } from 'react';
import { formatCount } from '../format/quantity.ts';
import { isCurrent, type Section } from './sections.ts';
import classes from './frame.module.css';

interface NavigationSectionProps {
  readonly section: Section;
  /** What is to be seen on a page, by its address. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Pages under a title that folds them away, which this browser remembers. That of the page which is shown stays open. */
export function NavigationSection({ section: { title, folded, pages }, counts }: NavigationSectionProps) {
  const { pathname } = useLocation();
  const [stored, setStored] = useLocalStorage<boolean>({
    key: `thimble-section-${title ?? ''}`,
    defaultValue: !folded,
    getInitialValueInEffect: false,
  });
  const list = useId();
  const isHere = pages.some(({ to }) => isCurrent(to, pathname));
  const isOpen = title === undefined || isHere || stored;
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div className={classes['section']}>
      {title === undefined ? null : isHere ? (
        <span className={classes['sectionTitle']}>{title}</span>
      ) : (
        <button
          type="button"
          className={classes['sectionTitle']}
          aria-expanded={isOpen}
          aria-controls={list}
          onClick={() => setStored(!isOpen)}
        >
          {title}
          <Chevron size={13} aria-hidden />
          {isOpen ? null : pages.map(({ to }) => <Count key={to} to={to} count={counts[to] ?? 0} />)}
        </button>
      )}
      <div id={list}>
        {isOpen
          ? pages.map(({ to, label, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                className={classes['link']}
                activeOptions={{ exact: to === '/', includeSearch: false }}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
                <Count to={to} count={counts[to] ?? 0} />
              </Link>
            ))
          : null}
      </div>
    </div>
  );
}

function Count({ to, count }: { to: string; count: number }) {
  if (count === 0) return null;
  const exposed = to === '/endpoints';
  return (
    <span
      className={classes['count']}
      data-tone={exposed ? 'danger' : 'busy'}
      title={exposed ? 'exposed' : 'under way'}
    >
      {formatCount(count)}
    </span>
  );
}
