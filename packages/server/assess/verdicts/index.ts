export { noteRules } from './matching-rules.ts';
export { assessEverything, assessNew, reassess, reassessDue } from './reassess.ts';
