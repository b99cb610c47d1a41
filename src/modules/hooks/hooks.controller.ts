import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { IdParam, PageQueryDto, Roles, signalOf } from '../../common/http/index.js';
import { SecretBox } from '../secrets/index.js';
import { CreateHookDto, HookDto, HookPageDto, HookTestDto, TestHookDto, UpdateHookDto } from './dto/hook.dto.js';
import type { Hook } from './hook.entity.js';
import { HooksService } from './hooks.service.js';
import { secretPartOf } from './secret-part.js';

/** Hooks run programs, so they are the admins' alone. */
@ApiTags('hooks')
@Roles('admin')
@Controller('hooks')
export class HooksController {
  constructor(
    private readonly hooks: HooksService,
    private readonly box: SecretBox,
  ) {}

  /** Lists the hooks, by moment and position. */
  @Get()
  async list(@Query() query: PageQueryDto): Promise<HookPageDto> {
    const page = await this.hooks.list(query);
    return { ...page, items: page.items.map((hook) => this.toDto(hook)) };
  }

  /** Adds a hook. It is not run; `POST /hooks/{id}/test` does that. */
  @Post()
  async create(@Body() body: CreateHookDto): Promise<HookDto> {
    return this.toDto(await this.hooks.create(body));
  }

  /** One hook. */
  @Get(':id')
  async get(@IdParam() id: string): Promise<HookDto> {
    return this.toDto(await this.hooks.get(id));
  }

  /** Changes a hook. Jobs that run already go on with what they began with. */
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateHookDto): Promise<HookDto> {
    return this.toDto(await this.hooks.update(id, body));
  }

  /** Removes a hook. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.hooks.remove(id);
  }

  /** Runs the hook now, outside of any job, with the outcome `test`. The answer is 200 also when it failed: see `ok`. */
  @Post(':id/test')
  @HttpCode(200)
  async test(
    @IdParam() id: string,
    @Body() { siteId }: TestHookDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HookTestDto> {
    const { ok, end, output, seconds, tries } = await this.hooks.test(id, siteId, signalOf(response));
    return { ok, end, output, seconds, tries };
  }

  /** A key that is gone must not hide the hook. */
  private headerNames(hook: Hook): string[] {
    try {
      return Object.keys(secretPartOf(hook, this.box).headers);
    } catch {
      return [];
    }
  }

  private toDto(hook: Hook): HookDto {
    const { action } = hook;
    return {
      id: hook.id,
      name: hook.name,
      siteId: hook.siteId ?? null,
      label: hook.label ?? null,
      jobs: hook.jobs,
      moment: hook.moment,
      position: hook.position,
      command: action.type === 'command' ? action.command : null,
      method: action.type === 'http' ? action.method : null,
      origin: action.type === 'http' ? action.url : null,
      headerNames: action.type === 'http' ? this.headerNames(hook) : [],
      timeLimitSeconds: hook.timeLimitSeconds,
      onFailure: hook.onFailure,
      enabled: hook.enabled,
      createdAt: hook.createdAt.toISOString(),
      updatedAt: hook.updatedAt.toISOString(),
    };
  }
}
