import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DefaultStorage } from './default-storage.js';
import { StorageDriverRegistry } from './storage-driver.registry.js';
import { StorageController } from './storage.controller.js';
import { StoragePlaces } from './storage-places.js';
import { StorageService } from './storage.service.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [StorageController],
  providers: [StorageDriverRegistry, StoragePlaces, StorageService, DefaultStorage],
  exports: [StorageService],
})
export class StorageModule {}
