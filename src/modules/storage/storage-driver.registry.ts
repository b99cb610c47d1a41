import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { STORAGE_DRIVER, type StorageDriverFactory } from '../../engine/ports/index.js';
import { storageKindUnknown } from './storage.errors.js';

/** The storage drivers of this build: every provider that carries `@StorageDriverProvider()`. */
@Injectable()
export class StorageDriverRegistry implements OnModuleInit {
  private readonly factories = new Map<string, StorageDriverFactory>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function' || Reflect.getMetadata(STORAGE_DRIVER, metatype) !== true) continue;
      const factory: unknown = instance;
      if (!isFactory(factory)) throw new Error(`${metatype.name} is no storage driver factory`);
      this.factories.set(factory.kind, factory);
    }
  }

  kinds(): string[] {
    return [...this.factories.keys()].toSorted();
  }

  /** Error: STORAGE_KIND_UNKNOWN. */
  get(kind: string): StorageDriverFactory {
    const factory = this.factories.get(kind);
    if (factory === undefined) throw storageKindUnknown(kind, this.kinds());
    return factory;
  }
}

function isFactory(value: unknown): value is StorageDriverFactory {
  return typeof value === 'object' && value !== null && 'kind' in value && 'create' in value;
}
