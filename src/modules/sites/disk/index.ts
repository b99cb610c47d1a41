/** The part of sites that looks at the disk: without a database, so that a node has it too. */
export { absolute, type Presence, type SeenFolder, SiteLook } from './site-look.js';
export { SiteReach } from '../site-reach.js';
