import type { AccessTables } from '../access/tables.ts';

/** Every table that the code may query. Each stage describes its own tables in its folder and is listed here. */
export interface Tables extends AccessTables {}
