export { assessSoftware } from './assess-software.ts';
export { assessEverything, assessNew, reassess, reassessDue } from './reassess.ts';
