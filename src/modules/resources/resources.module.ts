import { Module } from '@nestjs/common';
import { ResourceService } from './resource.service.js';
import { ResourcesController } from './resources.controller.js';

@Module({ controllers: [ResourcesController], providers: [ResourceService], exports: [ResourceService] })
export class ResourcesModule {}
