import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, Roles } from '../../common/http/index.js';
import { CreateStorageDto, StorageDto, StorageKindDto, StoragePageDto, UpdateStorageDto } from './dto/storage.dto.js';
import { StorageTestDto, TestStorageDto } from './dto/storage-test.dto.js';
import type { StorageProbe } from './storage-probe.js';
import type { StorageProvider } from './storage-provider.entity.js';
import { StorageService } from './storage.service.js';

/** A storage that does not answer must not hold the list up. */
const SPACE_TIMEOUT_MS = 3_000;

@ApiTags('storage')
@Controller('storage')
export class StorageController {
  constructor(private readonly storage: StorageService) {}

  /** Lists the storage providers. */
  @Roles('viewer')
  @Get()
  async list(@Query() query: PageQueryDto): Promise<StoragePageDto> {
    const page = await this.storage.list(query);
    return { ...page, items: await Promise.all(page.items.map((provider) => this.toDto(provider))) };
  }

  /** The kinds of storage and their settings. */
  @Roles('viewer')
  @Get('kinds')
  kinds(): StorageKindDto[] {
    return this.storage.kinds();
  }

  /**
   * Adds a storage provider. It is tested first, as `POST /storage/test` does; one that does not work is refused, and one whose place
   * is not apart from those of the others, from the data dir and from the sites.
   */
  @Roles('admin')
  @Post()
  async create(@Body() body: CreateStorageDto): Promise<StorageDto> {
    return this.toDto(await this.storage.create(body));
  }

  /**
   * Tries settings that are not saved yet: write, read, range, list, delete and what the driver needs besides, each with
   * what is missing for it. Nothing stays of it. The answer is 200 also when something failed: see `ok`.
   */
  @Roles('admin')
  @Post('test')
  @HttpCode(200)
  async testSettings(@Body() body: TestStorageDto): Promise<StorageTestDto> {
    return toTestDto(await this.storage.testSettings(body.kind, body.settings));
  }

  /** One storage provider. */
  @Roles('viewer')
  @Get(':id')
  async get(@IdParam() id: string): Promise<StorageDto> {
    return this.toDto(await this.storage.get(id));
  }

  /** Changes name, settings, default or whether it is enabled. A new place must be apart from the others, as when one is added. */
  @Roles('admin')
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateStorageDto): Promise<StorageDto> {
    return this.toDto(await this.storage.update(id, body));
  }

  /** Forgets a storage provider that holds no backups. Nothing in the storage is deleted. */
  @Roles('admin')
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.storage.remove(id);
  }

  /** Tries a storage provider step by step, as `POST /storage/test`. The answer is 200 also when something failed: see `ok`. */
  @Roles('operator')
  @Post(':id/test')
  @HttpCode(200)
  async test(@IdParam() id: string): Promise<StorageTestDto> {
    return toTestDto(await this.storage.test(id));
  }

  private async toDto(provider: StorageProvider): Promise<StorageDto> {
    return {
      id: provider.id,
      name: provider.name,
      kind: provider.kind,
      settings: provider.settings,
      isDefault: provider.isDefault,
      enabled: provider.enabled,
      createdAt: provider.createdAt.toISOString(),
      space: await this.spaceOf(provider.id),
    };
  }

  private async spaceOf(id: string): Promise<StorageDto['space']> {
    const asked = this.storage.driver(id).then((driver) => driver.space());
    const timeout = new Promise<null>((resolve) => setTimeout(resolve, SPACE_TIMEOUT_MS, null).unref());
    return Promise.race([asked, timeout]).catch(() => null);
  }
}

function toTestDto({ ok, durationMs, steps }: StorageProbe): StorageTestDto {
  return {
    ok,
    durationMs,
    steps: steps.map(({ name, status, durationMs: took, error }) => ({
      name,
      status,
      durationMs: took,
      error:
        error === null
          ? null
          : {
              code: error.code,
              message: error.message,
              hint: error.hint ?? null,
              permission: typeof error.context['permission'] === 'string' ? error.context['permission'] : null,
            },
    })),
  };
}
