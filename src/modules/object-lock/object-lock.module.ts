import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/index.js';
import { StorageModule } from '../storage/index.js';
import { LockKeeper } from './lock-keeper.js';

/** Keeps object locks on storages that have them. */
@Module({ imports: [SettingsModule, StorageModule], providers: [LockKeeper] })
export class ObjectLockModule {}
