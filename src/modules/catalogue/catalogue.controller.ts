import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { IdParam, Roles, signalOf } from '../../common/http/index.js';
import { CatalogueService } from './catalogue.service.js';
import {
  CatalogueBackupsQueryDto,
  CatalogueDto,
  CatalogueTaskDto,
  RebuildCatalogueDto,
  RecoverCatalogueDto,
  ShelvedCataloguesDto,
} from './dto/catalogue.dto.js';

@ApiTags('catalogue')
@Controller('catalogue')
export class CatalogueController {
  constructor(private readonly catalogue: CatalogueService) {}

  /** What the catalogue has, when it was last backed up, and what it is busy with. */
  @Roles('viewer')
  @Get()
  async state(): Promise<CatalogueDto> {
    const { task, ...state } = await this.catalogue.state();
    return { ...state, task: task === null ? null : CatalogueTaskDto.of(task) };
  }

  /** One task of the catalogue, with its progress and its report. */
  @Roles('viewer')
  @Get('tasks/:id')
  task(@IdParam() id: string): CatalogueTaskDto {
    return CatalogueTaskDto.of(this.catalogue.task(id));
  }

  /** Lists the catalogue backups on a storage, newest first. */
  @Roles('admin')
  @Get('backups')
  async backups(
    @Query() { providerId }: CatalogueBackupsQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ShelvedCataloguesDto> {
    return { items: await this.catalogue.backups(providerId, signalOf(response)) };
  }

  /** Backs the catalogue and the configuration up now, sealed, to every enabled storage. Runs in the background. */
  @Roles('admin')
  @Post('backups')
  @HttpCode(202)
  async backUp(): Promise<CatalogueTaskDto> {
    return CatalogueTaskDto.of(await this.catalogue.backUp());
  }

  /** Adds the sites and backups that a storage has and the catalogue has not. Runs in the background; can be run again. */
  @Roles('admin')
  @Post('rebuild')
  @HttpCode(202)
  async rebuild(@Body() { providerId }: RebuildCatalogueDto): Promise<CatalogueTaskDto> {
    return CatalogueTaskDto.of(await this.catalogue.rebuild(providerId));
  }

  /** Loads a catalogue backup into an empty catalogue, then compares it with the storages. Runs in the background. */
  @Roles('admin')
  @Post('recover')
  @HttpCode(202)
  async recover(@Body() body: RecoverCatalogueDto): Promise<CatalogueTaskDto> {
    return CatalogueTaskDto.of(await this.catalogue.recover(body));
  }
}
