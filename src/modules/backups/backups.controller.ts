import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import {
  Caller,
  IdParam,
  type Principal,
  ProblemDto,
  Restricted,
  Role,
  Roles,
  signalOf,
} from '../../common/http/index.js';
import { Audited } from '../audit/index.js';
import { StorageService } from '../storage/index.js';
import { backupPath } from './backup-path.js';
import { BackupPins } from './backup-pins.js';
import { BackupRemover } from './backup-remover.js';
import { BackupsService } from './backups.service.js';
import { Catalogue } from './catalogue.js';
import {
  BackupDto,
  BackupPageDto,
  BackupPathDto,
  BackupQueryDto,
  DeleteBackupDto,
  FolderListingDto,
  FolderQueryDto,
  UpdateBackupDto,
} from './dto/backup.dto.js';
import { sendDownload } from './send-stream.js';

/** Finished backups. */
@ApiTags('backups')
@ApiBearerAuth()
@ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND' })
@Controller('backups')
export class BackupsController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly backups: BackupsService,
    private readonly remover: BackupRemover,
    private readonly pins: BackupPins,
    private readonly storage: StorageService,
  ) {}

  @Get()
  @Roles(Role.Viewer)
  @Restricted('filtered')
  @ApiOperation({ summary: 'List backups, newest first' })
  @ApiOkResponse({ type: BackupPageDto })
  async list(@Query() query: BackupQueryDto, @Caller() caller: Principal): Promise<BackupPageDto> {
    const page = await this.catalogue.list({ siteId: query.siteId, within: caller.sites }, query);
    const names = await this.providerNames();
    return { ...page, items: page.items.map((item) => BackupDto.of(item, names)) };
  }

  @Get(':id')
  @Roles(Role.Viewer)
  @Restricted('backup')
  @ApiOperation({ summary: 'One backup' })
  @ApiOkResponse({ type: BackupDto })
  async get(@IdParam() id: string): Promise<BackupDto> {
    return BackupDto.of(await this.catalogue.get(id), await this.providerNames());
  }

  @Patch(':id')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({ summary: 'Pin a backup, or unpin it', description: 'A pinned backup is kept for ever.' })
  @ApiOkResponse({ type: BackupDto })
  async update(@IdParam() id: string, @Body() body: UpdateBackupDto): Promise<BackupDto> {
    await this.pins.change(id, body);
    return this.get(id);
  }

  @Post(':id/keep')
  @HttpCode(200)
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'Keep a backup that retention has let go',
    description: 'Takes it back and pins it, as retention would let it go again. Idempotent.',
  })
  @ApiOkResponse({ type: BackupDto })
  async keep(@IdParam() id: string): Promise<BackupDto> {
    await this.pins.keep(id);
    return this.get(id);
  }

  @Get(':id/files')
  @Audited('backups.browse')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'Browse a folder of the backup',
    description: 'Without a path the top: `database`, `files`, … Names come in path order.',
  })
  @ApiOkResponse({ type: FolderListingDto })
  async files(@IdParam() id: string, @Query() query: FolderQueryDto): Promise<FolderListingDto> {
    return this.backups.folder(id, backupPath(query), query);
  }

  @Get(':id/file')
  @Audited('backups.readFile')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({ summary: 'Download one file of the backup' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ description: 'Its content. Cut off short when the stored content is damaged.' })
  async file(@IdParam() id: string, @Query() query: BackupPathDto, @Res() response: Response): Promise<void> {
    const signal = signalOf(response);
    const { content, headers } = await this.backups.file(id, backupPath(query), signal);
    await sendDownload(response, content, headers, signal);
  }

  @Get(':id/download')
  @Audited('backups.download')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'Download the whole backup',
    description: 'A `.tar.zst` that stock tools read: see docs/restore-by-hand.md.',
  })
  @ApiProduces('application/zstd')
  @ApiOkResponse({ description: 'The bundle. Cut off short when it is damaged.' })
  async download(@IdParam() id: string, @Res() response: Response): Promise<void> {
    const signal = signalOf(response);
    const { content, headers } = await this.backups.bundle(id, signal);
    await sendDownload(response, content, headers, signal);
  }

  @Get(':id/manifest')
  @Audited('backups.readManifest')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({ summary: 'The manifest as NDJSON', description: 'One line per file: see docs/storage-format.md.' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'Header, entries in path order, trailer.' })
  async manifest(@IdParam() id: string, @Res() response: Response): Promise<void> {
    const signal = signalOf(response);
    const { content, headers } = await this.backups.manifest(id, signal);
    await sendDownload(response, content, headers, signal);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles(Role.Admin)
  @ApiOperation({
    summary: 'Delete a backup everywhere',
    description: 'When a storage fails, the backup is hidden and the rest is deleted later.',
  })
  @ApiNoContentResponse()
  @ApiConflictResponse({ type: ProblemDto, description: 'BACKUP_PINNED, BACKUP_NEWEST, BACKUP_IN_USE' })
  async remove(@IdParam() id: string, @Query() query: DeleteBackupDto): Promise<void> {
    await this.remover.remove(id, query.force);
  }

  private async providerNames(): Promise<Map<string, string>> {
    const items = await this.storage.all();
    return new Map(items.map((provider) => [provider.id, provider.name]));
  }
}
