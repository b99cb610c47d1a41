import { type DynamicModule, Module } from '@nestjs/common';
import { ClientAddresses } from '../common/http/client-address.js';
import { AppConfig } from './app-config.js';

/** Makes the AppConfig, and what follows from it alone, injectable everywhere. */
@Module({})
export class ConfigModule {
  static with(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: ClientAddresses, useValue: new ClientAddresses(config.trustedProxies) },
      ],
      exports: [AppConfig, ClientAddresses],
    };
  }
}
