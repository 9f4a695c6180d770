export { settingsDocument, settingsHelp } from './describe.ts';
export { type SettingsSources, loadSettings, processSources } from './load.ts';
export { SettingsError } from './parse-value.ts';
export { type Setting, type Settings, settingsTable } from './table/index.ts';
