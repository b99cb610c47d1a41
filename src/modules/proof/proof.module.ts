import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { ResourcesModule } from '../resources/index.js';
import { SettingsModule } from '../settings/index.js';
import { StorageModule } from '../storage/index.js';
import { ObjectProof } from './object-proof.js';
import { ProofStatus } from './proof-status.js';
import { ProofStore } from './proof-store.js';
import { ProofWalker } from './proof-walker.js';
import { ProofController } from './proof.controller.js';
import { ProofService } from './proof.service.js';

/** The verification ledger: every byte of every copy is read back again and again. */
@Module({
  imports: [BackupsModule, ResourcesModule, SettingsModule, StorageModule],
  controllers: [ProofController],
  providers: [ObjectProof, ProofService, ProofStatus, ProofStore, ProofWalker],
  exports: [ProofStore],
})
export class ProofModule {}
