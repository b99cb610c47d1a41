import { Body, Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Restricted, Roles } from '../../common/http/index.js';
import { AccountService } from './account.service.js';
import {
  ChangePasswordDto,
  ConfirmFactorDto,
  ConfirmPasswordDto,
  NewFactorDto,
  RecoveryCodesDto,
  RemoveFactorDto,
  UpdateAccountDto,
  UserSessionDto,
  UserSessionsDto,
} from './dto/account.dto.js';
import { SessionDto } from './dto/session.dto.js';
import { SessionViews } from './session-views.js';
import { SessionsService } from './sessions.service.js';

/** The caller's own account. For people; a token has none. */
@ApiTags('account')
@Roles('viewer')
@Restricted('harmless')
@Controller('account')
export class AccountController {
  constructor(
    private readonly account: AccountService,
    private readonly sessions: SessionsService,
    private readonly views: SessionViews,
  ) {}

  /** Changes the e-mail address. */
  @Patch()
  async update(@Body() { email }: UpdateAccountDto, @Caller() caller: Principal): Promise<SessionDto> {
    await this.account.setEmail(caller, email ?? null);
    return this.views.of(caller.id);
  }

  /** Changes the password, and ends the other sessions. */
  @Put('password')
  @HttpCode(204)
  async password(@Body() { current, password }: ChangePasswordDto, @Caller() caller: Principal): Promise<void> {
    await this.account.setPassword(caller, current, password);
  }

  /** Makes a secret for an authenticator app. It counts once it is confirmed. */
  @Post('second-factor')
  @HttpCode(200)
  beginFactor(@Body() { password }: ConfirmPasswordDto, @Caller() caller: Principal): Promise<NewFactorDto> {
    return this.account.beginSecondFactor(caller, password);
  }

  /** Confirms it with a code: signing in needs one from now on. Gives recovery codes. */
  @Post('second-factor/confirm')
  @HttpCode(200)
  async confirmFactor(@Body() { code }: ConfirmFactorDto, @Caller() caller: Principal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.account.confirmSecondFactor(caller, code) };
  }

  /** Removes the second factor. */
  @Delete('second-factor')
  @HttpCode(204)
  async removeFactor(@Body() { password, code }: RemoveFactorDto, @Caller() caller: Principal): Promise<void> {
    await this.account.removeSecondFactor(caller, password, code);
  }

  /** Makes new recovery codes; the earlier ones are worth nothing from now on. */
  @Post('recovery-codes')
  @HttpCode(200)
  async newCodes(@Body() { password }: ConfirmPasswordDto, @Caller() caller: Principal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.account.newRecoveryCodes(caller, password) };
  }

  /** Lists the sessions of the caller, the last used first. */
  @Get('sessions')
  async list(@Caller() caller: Principal): Promise<UserSessionsDto> {
    const { id } = await this.account.get(caller);
    return { items: (await this.sessions.list(id)).map((each) => UserSessionDto.of(each, caller.sessionId)) };
  }

  /** Ends all sessions but this one. */
  @Delete('sessions')
  @HttpCode(204)
  async endOthers(@Caller() caller: Principal): Promise<void> {
    const { id } = await this.account.get(caller);
    await this.sessions.endAllOf(id, { but: caller.sessionId });
  }

  /** Ends one session. */
  @Delete('sessions/:session')
  @HttpCode(204)
  async end(@Param('session', ParseUUIDPipe) session: string, @Caller() caller: Principal): Promise<void> {
    const { id } = await this.account.get(caller);
    await this.sessions.end(id, session);
  }
}
