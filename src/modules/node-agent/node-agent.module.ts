import { type DynamicModule, Module } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { BackupModulesModule } from '../backup-modules/index.js';
import { NodeAgentTasksModule } from '../node-agent-tasks/index.js';
import { nodeJobsProviders } from '../node-jobs/index.js';
import { MasterClient, type ResolvedIdentity, SignedClient } from '../node-link/index.js';
import { ResourcesModule } from '../resources/index.js';
import { Agent } from './agent.js';
import { AgentTimings } from './agent-timings.js';
import { AgentWork } from './agent-work.js';
import { Heartbeats } from './heartbeats.js';
import { HostFacts } from './host-facts.js';
import { NodeKey } from './node-key.js';
import { NodeWork } from './node-work.js';
import { NodeStatus } from './node-status.js';
import { WorkLoop } from './work-loop.js';

/** This host as a node of a master. */
@Module({})
export class NodeAgentModule {
  /** Errors, at the start of the application: MASTER_URL_INVALID, MASTER_NOT_SECURE. */
  static with(identity: ResolvedIdentity): DynamicModule {
    return {
      module: NodeAgentModule,
      imports: [ResourcesModule, BackupModulesModule, NodeAgentTasksModule],
      providers: [
        { provide: NodeKey, inject: [AppConfig], useFactory: (config: AppConfig) => new NodeKey(config, identity) },
        {
          provide: MasterClient,
          inject: [NodeKey],
          useFactory: (key: NodeKey) => new MasterClient(identity.master, () => key.text),
        },
        SignedClient,
        AgentTimings,
        ...nodeJobsProviders,
        { provide: AgentWork, useClass: NodeWork },
        HostFacts,
        NodeStatus,
        Heartbeats,
        WorkLoop,
        Agent,
      ],
      exports: [MasterClient, SignedClient, AgentTimings],
    };
  }
}
