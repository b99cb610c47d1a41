export { NodesModule } from './nodes.module.js';
export { type Node, NodeHealth } from './node.entity.js';
export { NodesService } from './nodes.service.js';
export { NodeTimings } from './node-timings.js';
export { HeartbeatJobs } from './heartbeat-jobs.js';
export { IsNodeName } from './dto/rules.js';
