import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, IdParam, PageQueryDto, type Principal, Roles } from '../../common/http/index.js';
import { UserSessionDto, UserSessionsDto } from './dto/account.dto.js';
import { CreatedUserDto, CreateUserDto, ResetLinkDto, UpdateUserDto, UserDto, UserPageDto } from './dto/user.dto.js';
import { PasswordResets } from './password-resets.js';
import { SessionsService } from './sessions.service.js';
import { UsersService } from './users.service.js';

/** The accounts of people. */
@ApiTags('users')
@Roles('admin')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly resets: PasswordResets,
    private readonly sessions: SessionsService,
  ) {}

  /** Lists the users, the oldest first. */
  @Get()
  async list(@Query() query: PageQueryDto): Promise<UserPageDto> {
    const page = await this.users.list(query);
    return { ...page, items: page.items.map((user) => UserDto.of(user)) };
  }

  /** Makes a user. Without a password the answer has a link by which the user sets one. */
  @Post()
  async create(@Body() body: CreateUserDto): Promise<CreatedUserDto> {
    const user = await this.users.create(body);
    const reset = body.password === undefined ? await this.link(user.id) : null;
    return Object.assign(UserDto.of(user), { reset });
  }

  /** One user. */
  @Get(':id')
  async get(@IdParam() id: string): Promise<UserDto> {
    return UserDto.of(await this.users.get(id));
  }

  /** Changes name, address, role, restriction or whether the user may sign in. Holds from the user's next request on. */
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateUserDto, @Caller() caller: Principal): Promise<UserDto> {
    return UserDto.of(await this.users.update(id, body, caller));
  }

  /** Removes a user, who is signed out everywhere. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string, @Caller() caller: Principal): Promise<void> {
    await this.users.remove(id, caller);
  }

  /** Makes a link by which the user sets a new password: once, within a day. The present one works until then. */
  @Post(':id/password-reset')
  @HttpCode(200)
  async resetPassword(@IdParam() id: string): Promise<ResetLinkDto> {
    return this.link(id);
  }

  /** Removes the user's second factor. */
  @Delete(':id/second-factor')
  @HttpCode(204)
  async removeFactor(@IdParam() id: string): Promise<void> {
    await this.users.removeSecondFactor(id);
  }

  /** Lists the sessions of a user, the last used first. */
  @Get(':id/sessions')
  async listSessions(@IdParam() id: string, @Caller() caller: Principal): Promise<UserSessionsDto> {
    await this.users.get(id);
    return { items: (await this.sessions.list(id)).map((each) => UserSessionDto.of(each, caller.sessionId)) };
  }

  /** Signs a user out everywhere. */
  @Delete(':id/sessions')
  @HttpCode(204)
  async endSessions(@IdParam() id: string): Promise<void> {
    await this.users.get(id);
    await this.sessions.endAllOf(id);
  }

  private async link(userId: string): Promise<ResetLinkDto> {
    const { token, expiresAt } = await this.resets.make(userId);
    return { token, expiresAt: expiresAt.toISOString() };
  }
}
