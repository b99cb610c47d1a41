import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { SecretBox } from './secret-box.js';

@Global()
@Module({
  providers: [
    {
      provide: SecretBox,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => SecretBox.open(config.paths.secretKey),
    },
  ],
  exports: [SecretBox],
})
export class SecretsModule {}
