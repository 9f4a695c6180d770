export type { Setting } from './setting.ts';
export { type Settings, settingsTable } from './settings-table.ts';
