import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, Roles } from '../../common/http/index.js';
import { CreatedNodeTokenDto, CreateNodeTokenDto, NodeTokenDto, NodeTokenPageDto } from './dto/node.dto.js';
import type { NodeToken } from './node.entity.js';
import { NodeTokens } from './node-tokens.js';

/** One-time tokens with which hosts become nodes. */
@ApiTags('nodes')
@Roles('admin')
@Controller('nodes/tokens')
export class NodeTokensController {
  constructor(private readonly tokens: NodeTokens) {}

  /** Lists the tokens to join with, newest first. */
  @Get()
  async list(@Query() query: PageQueryDto): Promise<NodeTokenPageDto> {
    const page = await this.tokens.list(query);
    return { ...page, items: page.items.map(toDto) };
  }

  /** Makes a token for one host. Its text is in this answer and never shown again. */
  @Post()
  async create(@Body() { name, expiresInMinutes }: CreateNodeTokenDto): Promise<CreatedNodeTokenDto> {
    const { token, text } = await this.tokens.create(name ?? null, expiresInMinutes);
    return Object.assign(toDto(token), { token: text });
  }

  /** Nobody can join with it any more. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.tokens.remove(id);
  }
}

function toDto(token: NodeToken): NodeTokenDto {
  const usedAt = token.usedAt ?? null;
  return {
    id: token.id,
    hint: token.hint,
    name: token.name ?? null,
    state: usedAt !== null ? 'used' : token.expiresAt > new Date() ? 'valid' : 'expired',
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    usedAt: usedAt?.toISOString() ?? null,
    usedBy: token.usedBy ?? null,
  };
}
