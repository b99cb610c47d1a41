export { AgentTimings } from './agent-timings.js';
export { AgentWork, type Room } from './agent-work.js';
export { NodeAgentModule } from './node-agent.module.js';
export { NodeStatus } from './node-status.js';
