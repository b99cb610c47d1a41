import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, Roles } from '../../common/http/index.js';
import { MoveSiteDto } from './dto/site-input.dto.js';
import { SiteDto } from './dto/site.dto.js';
import { SiteMapper } from './site.mapper.js';
import { SiteMover } from './site-mover.js';

/** Sites that change their host. */
@ApiTags('sites')
@Controller('sites')
export class SiteMoveController {
  constructor(
    private readonly mover: SiteMover,
    private readonly mapper: SiteMapper,
  ) {}

  /**
   * Lets the site go on at another host, or at another path, with its history, settings and schedules. Its files are not moved: they must be
   * there. The next backup reads all of them and stores only what is new. 409 while a job of it is active.
   */
  @Roles('operator')
  @Post(':id/move')
  @HttpCode(200)
  async move(@IdParam() id: string, @Body() body: MoveSiteDto): Promise<SiteDto> {
    return this.mapper.one(await this.mover.move(id, body));
  }
}
