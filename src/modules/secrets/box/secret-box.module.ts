import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../../../config/index.js';
import { SecretBox } from './secret-box.js';

/** Seals and opens with the key of this data dir. Free of database and HTTP: nodes have it too. */
@Global()
@Module({
  providers: [
    {
      provide: SecretBox,
      inject: [AppConfig],
      useFactory: ({ paths, secretKey, oldSecretKeys }: AppConfig) =>
        SecretBox.open(paths.secretKey, { current: secretKey, earlier: oldSecretKeys }),
    },
  ],
  exports: [SecretBox],
})
export class SecretBoxModule {}
