import { Controller, Get, Res } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public, Roles } from '../../common/http/index.js';
import { version } from '../../common/version.js';
import { AppConfig } from '../../config/index.js';
import { HealthDetailsDto, LiveDto, ReadyDto } from './dto/health.dto.js';
import { HealthService } from './health.service.js';

/** What orchestrators and load balancers ask. The open ones answer with one word: docs/adr/0012-open-health.md. */
@ApiTags('health')
@Controller('health')
export class ProbesController {
  constructor(
    private readonly config: AppConfig,
    private readonly health: HealthService,
  ) {}

  /** Whether the process answers. Needs no token; asks nothing of the database. */
  @Public()
  @Get('live')
  live(): LiveDto {
    return { status: 'ok' };
  }

  /** Whether work can be taken and done. Needs no token. 503 while the server starts or stops, or when database, queue or schema are not as they must be. */
  @Public()
  @Get('ready')
  @ApiServiceUnavailableResponse({ type: ReadyDto, description: 'Not ready.' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadyDto> {
    const ready = await this.health.isReady();
    if (!ready) response.status(503);
    return { status: ready ? 'ready' : 'unavailable' };
  }

  /** What of the server works. Always 200: the answer says what does not. */
  @Roles('viewer')
  @Get()
  async details(): Promise<HealthDetailsDto> {
    const readiness = await this.health.readiness();
    return {
      status: Object.values(readiness).every(Boolean) ? 'ready' : 'unavailable',
      version,
      mode: this.config.mode,
      uptimeSeconds: Math.floor(process.uptime()),
      ...readiness,
    };
  }
}
