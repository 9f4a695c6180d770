import { Link } from '@tanstack/react-router';
import { isPast } from '../format/day.ts';
import { useNow } from '../format/moment.tsx';
import { Tag } from '../states/state-badge.tsx';
import classes from './score.module.css';

interface VulnerabilityCellProps {
  readonly id: string;
  readonly title: string;
  readonly packages?: readonly string[];
}

const SHOWN_PACKAGES = 2;

/** Identifier with its packages and its title; leads to the page of it. */
export function VulnerabilityCell({ id, title, packages = [] }: VulnerabilityCellProps) {
  const rest = packages.length - SHOWN_PACKAGES;
  return (
    <>
      <Link
        to="/vulnerabilities/$vulnerabilityId"
        params={{ vulnerabilityId: id }}
        className={`plain ${classes['identifier'] ?? ''}`}
      >
        {id}
      </Link>{' '}
      <span className={classes['packages']} title={packages.join(', ')}>
        {packages.slice(0, SHOWN_PACKAGES).join(', ')}
        {rest > 0 ? ` +${rest}` : ''}
      </span>
      <span className={classes['summary']} title={title}>
        {title}
      </span>
    </>
  );
}

/** Known to be exploited, with the day by which it should be repaired. */
export function KevTag({ kev }: { kev: { readonly dueOn: string | null } | null }) {
  const now = useNow();
  if (kev === null) return <>–</>;
  if (kev.dueOn === null) return <Tag tone="notice">exploited</Tag>;
  return isPast(kev.dueOn, now) ? (
    <Tag tone="danger">overdue {kev.dueOn}</Tag>
  ) : (
    <Tag tone="notice">due {kev.dueOn}</Tag>
  );
}

/** A probability as a percentage that tells small ones apart: `0.04 %`, `3.1 %`, `94 %`. */
export function formatProbability(probability: number | null): string {
  if (probability === null) return '–';
  const percent = probability * 100;
  return `${percent >= 10 ? percent.toFixed(0) : percent >= 1 ? percent.toFixed(1) : percent.toFixed(2)} %`;
}

export function formatCvss(cvss: number | null): string {
  return cvss === null ? '–' : cvss.toFixed(1);
}
