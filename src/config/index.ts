export * from './app-config.js';
export { hideSecretKeys, loadConfig, type ConfigSources } from './load-config.js';
export { settings, type Setting, type SettingName } from './settings.js';
