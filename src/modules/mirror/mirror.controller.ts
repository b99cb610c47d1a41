import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../../common/http/index.js';
import {
  MirrorDto,
  MirrorRestoreDto,
  MirrorRestoreRequestDto,
  MirrorSettingsDto,
  MirrorSyncDto,
  MirrorSyncRequestDto,
  MirrorTestDto,
} from './dto/mirror.dto.js';
import { MirrorCheck } from './mirror-check.js';
import { MirrorRestore } from './mirror-restore.js';
import { MirrorSettings } from './mirror-settings.js';
import { MirrorService } from './mirror.service.js';

@ApiTags('mirror')
@Controller('mirror')
export class MirrorController {
  constructor(
    private readonly mirror: MirrorService,
    private readonly settings: MirrorSettings,
    private readonly check: MirrorCheck,
    private readonly restoring: MirrorRestore,
  ) {}

  /** The off-site mirror of the catalogue: settings without the token, and how it fares. */
  @Roles('viewer')
  @Get()
  async get(): Promise<MirrorDto> {
    const found = await this.mirror.state();
    if (found === null)
      return {
        configured: false,
        enabled: null,
        accountId: null,
        databaseId: null,
        baseUrl: null,
        serverId: null,
        status: null,
      };
    const { config, state, rowsWaiting } = found;
    return { configured: true, ...config, status: { ...state, rowsWaiting } };
  }

  /** Sets the mirror up or changes it. Nothing is sent yet: `POST /mirror/test` tries it, the next minute sends. */
  @Roles('admin')
  @Put()
  async set(@Body() body: MirrorSettingsDto): Promise<MirrorDto> {
    await this.settings.save(body);
    return this.get();
  }

  /** Forgets the mirror. What is in D1 stays there. */
  @Roles('admin')
  @Delete()
  @HttpCode(204)
  async remove(): Promise<void> {
    await this.settings.clear();
  }

  /** Tries token and database: writes, reads and deletes a row of its own. An error says what does not work. */
  @Roles('admin')
  @Post('test')
  @HttpCode(200)
  async test(): Promise<MirrorTestDto> {
    return { ok: true, ...(await this.check.run(this.mirror.stopped)) };
  }

  /** Sends what is missing now, and counts what D1 has. */
  @Roles('admin')
  @Post('sync')
  @HttpCode(200)
  async sync(@Body() body: MirrorSyncRequestDto): Promise<MirrorSyncDto> {
    return this.mirror.sync(body.force ?? false);
  }

  /** Brings sites, backups, copies and settings back from the mirror, into an empty catalogue. All or nothing. */
  @Roles('admin')
  @Post('restore')
  @HttpCode(200)
  async restore(@Body() body: MirrorRestoreRequestDto): Promise<MirrorRestoreDto> {
    const { serverId, withoutKey } = body;
    return this.restoring.run(
      { ...(serverId === undefined ? {} : { serverId }), withoutKey: withoutKey ?? false },
      this.mirror.stopped,
    );
  }
}
