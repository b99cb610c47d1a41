import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, IdParam, type Principal, Restricted, Roles, signalOf } from '../../common/http/index.js';
import { requireAllSites, requireRole } from '../auth/index.js';
import { CreateSiteDto, ImportSitesDto, UpdateSiteDto } from './dto/site-input.dto.js';
import { ImportResultDto, SiteDto, SitePageDto, SiteQueryDto } from './dto/site.dto.js';
import { SiteImporter } from './site-importer.js';
import { SiteMapper } from './site.mapper.js';
import { SitesService } from './sites.service.js';

/** What a caller who is restricted to some sites may change of these. */
const ofTheSiteAlone = new Set(['name', 'excludes', 'timeZone', 'alarms', 'retention']);

@ApiTags('sites')
@Controller('sites')
export class SitesController {
  constructor(
    private readonly sites: SitesService,
    private readonly importer: SiteImporter,
    private readonly mapper: SiteMapper,
  ) {}

  /** Lists the registered sites, by name. */
  @Roles('viewer')
  @Restricted('filtered')
  @Get()
  async list(@Query() query: SiteQueryDto, @Caller() caller: Principal): Promise<SitePageDto> {
    const page = await this.sites.list(Object.assign({ within: caller.sites }, query));
    return { ...page, items: await this.mapper.many(page.items) };
  }

  /** Registers a folder as a site. Its module says what is there, and refuses what is no site. */
  @Roles('operator')
  @Post()
  async create(@Body() body: CreateSiteDto): Promise<SiteDto> {
    return this.mapper.one(await this.sites.register(body));
  }

  /** Registers every install found in the given folders. */
  @Roles('operator')
  @Post('import')
  @HttpCode(200)
  async import(@Body() body: ImportSitesDto, @Res({ passthrough: true }) response: Response): Promise<ImportResultDto> {
    const { created, existing, skipped } = await this.importer.run(body, signalOf(response));
    return {
      created: await this.mapper.many(created),
      existing: await this.mapper.many(existing),
      skipped,
    };
  }

  /** One site. */
  @Roles('viewer')
  @Restricted('site')
  @Get(':id')
  async get(@IdParam() id: string): Promise<SiteDto> {
    return this.mapper.one(await this.sites.get(id));
  }

  /** Changes name, path, settings, excludes, overrides, labels, time zone, destinations, limits for alarms or (as admin) the retention policy. */
  @Roles('operator')
  @Restricted('site')
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateSiteDto, @Caller() caller: Principal): Promise<SiteDto> {
    // What a policy lets go is deleted, and deleting is the admin's.
    if (body.retention !== undefined) requireRole(caller, 'admin');
    // Another path, host of the database or destination would lead to what is not the caller's.
    if (Object.keys(body).some((name) => !ofTheSiteAlone.has(name))) requireAllSites(caller);
    return this.mapper.one(await this.sites.update(id, body));
  }

  /** Stops backing the site up until it is resumed. */
  @Roles('operator')
  @Restricted('site')
  @Post(':id/pause')
  @HttpCode(200)
  async pause(@IdParam() id: string): Promise<SiteDto> {
    return this.mapper.one(await this.sites.update(id, { paused: true }));
  }

  /** Backs the site up again. */
  @Roles('operator')
  @Restricted('site')
  @Post(':id/resume')
  @HttpCode(200)
  async resume(@IdParam() id: string): Promise<SiteDto> {
    return this.mapper.one(await this.sites.update(id, { paused: false }));
  }

  /** Forgets the site. Its backups stay in storage and in the catalogue. 409 while a job of it is active. */
  @Roles('operator')
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.sites.remove(id);
  }
}
