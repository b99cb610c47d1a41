import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { SecretBox } from './secret-box.js';
import { SecretRotation } from './secret-rotation.js';
import { SecretsController } from './secrets.controller.js';

@Global()
@Module({
  controllers: [SecretsController],
  providers: [
    {
      provide: SecretBox,
      inject: [AppConfig],
      useFactory: ({ paths, secretKey, oldSecretKeys }: AppConfig) =>
        SecretBox.open(paths.secretKey, { current: secretKey, earlier: oldSecretKeys }),
    },
    SecretRotation,
  ],
  exports: [SecretBox, SecretRotation],
})
export class SecretsModule {}
