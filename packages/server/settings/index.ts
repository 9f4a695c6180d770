export { type Setting, type Settings, settingsTable } from './table.ts';
