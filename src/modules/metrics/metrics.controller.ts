import { Controller, Get, Header } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Role, Roles } from '../../common/http/index.js';
import { MetricsService } from './metrics.service.js';

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** For Prometheus; see docs/monitoring.md. */
@ApiTags('metrics')
@ApiBearerAuth()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Roles(Role.Viewer)
  @Header('Content-Type', TEXT_FORMAT)
  @ApiOperation({
    summary: 'Metrics in the text format of Prometheus',
    description: 'Needs a token like everything else: `authorization` of the scrape job. A viewer is enough.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'The metrics.', content: { 'text/plain': { schema: { type: 'string' } } } })
  async scrape(): Promise<string> {
    return this.metrics.scrape();
  }
}
