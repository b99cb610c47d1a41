import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Role, Roles } from '../../common/http/index.js';
import { RetentionDto, SetRetentionDto } from './dto/retention.dto.js';
import { RetentionService } from './retention.service.js';

/** The default policy. */
@ApiTags('retention')
@ApiBearerAuth()
@Controller('retention')
export class RetentionController {
  constructor(private readonly retention: RetentionService) {}

  @Get()
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'The default retention policy', description: 'Until one is set, nothing is deleted.' })
  @ApiOkResponse({ type: RetentionDto })
  async show(): Promise<RetentionDto> {
    return this.retention.show();
  }

  @Put()
  @Roles(Role.Admin)
  @ApiOperation({
    summary: 'Set the default retention policy, or the grace',
    description: 'What it lets go is marked within the hour and deleted when the grace is over. Preview it first.',
  })
  @ApiOkResponse({ type: RetentionDto })
  async set(@Body() body: SetRetentionDto): Promise<RetentionDto> {
    return this.retention.set(body);
  }

  @Delete()
  @HttpCode(204)
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Have no default policy: nothing is deleted by it from now on' })
  @ApiNoContentResponse()
  async clear(): Promise<void> {
    await this.retention.clear();
  }
}
