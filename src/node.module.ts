import { type DynamicModule, Module } from '@nestjs/common';
import { WordPressModule } from './backup-modules/wordpress/wordpress.module.js';
import { ConfigModule } from './config/config.module.js';
import type { AppConfig } from './config/index.js';
import { BackupModulesModule } from './modules/backup-modules/index.js';
import { NodeAgentModule } from './modules/node-agent/index.js';
import type { ResolvedIdentity } from './modules/node-link/index.js';
import { ResourcesModule } from './modules/resources/index.js';
import { SecretBoxModule } from './modules/secrets/box/index.js';

/** A node: what of the features works without database and HTTP, and the agent. The counterpart of app.module.ts. */
@Module({})
export class NodeModule {
  static with(config: AppConfig, identity: ResolvedIdentity): DynamicModule {
    return {
      module: NodeModule,
      imports: [
        ConfigModule.with(config),
        SecretBoxModule,
        ResourcesModule,
        BackupModulesModule,
        WordPressModule,
        NodeAgentModule.with(identity),
      ],
    };
  }
}
