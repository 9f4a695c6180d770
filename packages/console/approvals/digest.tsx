import classes from './approvals.module.css';

/** SHA-256 in groups of four, as people read it to each other. */
export function Digest({ value }: { value: string }) {
  return <code className={classes['digest']}>{value.match(/.{1,4}/g)?.join(' ')}</code>;
}
