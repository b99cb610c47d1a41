import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, Roles } from '../../common/http/index.js';
import type { ApiToken } from './api-token.entity.js';
import { CreatedTokenDto, CreateTokenDto, TokenDto, TokenPageDto } from './dto/token.dto.js';
import { TokenService } from './token.service.js';

@ApiTags('tokens')
@Roles('admin')
@Controller('tokens')
export class TokenController {
  constructor(private readonly tokens: TokenService) {}

  /** Lists the API tokens. */
  @Get()
  async list(@Query() query: PageQueryDto): Promise<TokenPageDto> {
    const page = await this.tokens.list(query);
    return { ...page, items: page.items.map(toDto) };
  }

  /** Makes a token. Its text is in this answer and never shown again. */
  @Post()
  async create(@Body() body: CreateTokenDto): Promise<CreatedTokenDto> {
    const { token, text } = await this.tokens.create(body);
    return Object.assign(toDto(token), { token: text });
  }

  /** Removes a token; it is refused from then on. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.tokens.remove(id);
  }
}

function toDto(token: ApiToken): TokenDto {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    hint: token.hint,
    createdAt: token.createdAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    expiresAt: token.expiresAt?.toISOString() ?? null,
  };
}
