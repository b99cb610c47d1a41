import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../../../common/http/index.js';
import { ResourcesDto } from './dto/resources.dto.js';
import { ResourceService } from '../resource.service.js';

@ApiTags('resources')
@Controller('resources')
export class ResourcesController {
  constructor(private readonly resources: ResourceService) {}

  /** What of this host's capacity is in use, and how many wait for it. */
  @Roles('viewer')
  @Get()
  show(): ResourcesDto {
    const { bandwidth } = this.resources;
    return {
      io: this.resources.usage('io'),
      network: this.resources.usage('network'),
      cpu: this.resources.usage('cpu'),
      bandwidth: { limitMbps: bandwidth.limitMbps, usedBytesLastSecond: bandwidth.usedBytesLastSecond() },
    };
  }
}
