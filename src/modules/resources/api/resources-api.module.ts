import { Module } from '@nestjs/common';
import { ResourcesModule } from '../resources.module.js';
import { ResourcesController } from './resources.controller.js';

@Module({ imports: [ResourcesModule], controllers: [ResourcesController] })
export class ResourcesApiModule {}
