import { Global, Module } from '@nestjs/common';
import { SecretBoxModule } from './box/index.js';
import { SecretRotation } from './secret-rotation.js';
import { SecretsController } from './secrets.controller.js';

@Global()
@Module({
  imports: [SecretBoxModule],
  controllers: [SecretsController],
  providers: [SecretRotation],
  exports: [SecretBoxModule, SecretRotation],
})
export class SecretsModule {}
