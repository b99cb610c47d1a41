export { LocalStorageDriver, MARKER_FILE } from './local-storage.driver.js';
export { LocalStorageDriverFactory } from './local-storage.factory.js';
