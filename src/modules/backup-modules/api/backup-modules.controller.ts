import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Restricted, Roles } from '../../../common/http/index.js';
import { canDiscover, canRestore } from '../../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-module.registry.js';
import { BackupModuleListDto } from './dto/backup-module.dto.js';

@ApiTags('modules')
@Controller('modules')
export class BackupModulesController {
  constructor(private readonly registry: BackupModuleRegistry) {}

  /** The kinds of sites that can be backed up, with the schema of their settings. */
  @Roles('viewer')
  @Restricted('harmless')
  @Get()
  list(): BackupModuleListDto {
    return {
      items: this.registry.all().map((module) => ({
        name: module.name,
        title: module.title,
        stages: [...module.stages],
        restoreStages: canRestore(module) ? [...module.restoreStages] : null,
        canDiscover: canDiscover(module),
        settingsSchema: module.settingsSchema,
      })),
    };
  }
}
