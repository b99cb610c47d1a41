/** The part of sites that looks at the disk: without a database, so that a node has it too. */
export { SiteReach } from '../site-reach.js';
