import { Module } from '@nestjs/common';
import { ResourceService } from './resource.service.js';

/** What the work of this host shares. Free of HTTP: nodes have it too. */
@Module({ providers: [ResourceService], exports: [ResourceService] })
export class ResourcesModule {}
