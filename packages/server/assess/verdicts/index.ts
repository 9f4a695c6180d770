export { assessEverything, assessNew, reassess, reassessDue } from './reassess.ts';
