import { SiteReach } from '../sites/disk/index.js';
import { NodeJobs } from './node-jobs.js';
import { NodePlans } from './node-plans.js';
import { NodePreviews } from './node-previews.js';
import { RunFiles } from './run-files.js';
import { StuckRestores } from './stuck-restores.js';

export { NodeJobs };
export { openSource } from './node-plans.js';
export { RunLink } from './run-link.js';

/** The providers that run jobs on a node; beside them must be MasterClient, SignedClient, the resources, the backup modules and the agent's tasks. */
export const nodeJobsProviders = [NodeJobs, NodePlans, NodePreviews, RunFiles, SiteReach, StuckRestores];
