import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../../common/http/index.js';
import { version } from '../../common/version.js';
import { AppConfig } from '../../config/index.js';
import { HealthDto } from './dto/health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('daemon')
@Controller('daemon')
export class HealthController {
  constructor(
    private readonly config: AppConfig,
    private readonly service: HealthService,
  ) {}

  /** Whether the server works. Needs no token. 503 when the database does not answer. */
  @Public()
  @Get('health')
  async health(@Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    const ok = await this.service.databaseAnswers();
    if (!ok) response.status(503);
    return {
      status: ok ? 'ok' : 'degraded',
      version,
      mode: this.config.mode,
      database: ok ? 'ok' : 'failed',
    };
  }
}
