export { parseDbHost } from './db-host.js';
export { describeWordPress } from './describe.js';
export { inspectWordPress, type InspectOptions } from './inspect.js';
export { discoverWordPress, type ScanOptions } from './scan.js';
export { identifySite, type SiteIdentity } from './site-identity.js';
