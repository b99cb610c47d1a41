import { Body, Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ClientAddresses, Public } from '../../common/http/index.js';
import { AskResetDto, LoginDto, SessionDto, SetupDto, UseResetDto } from './dto/session.dto.js';
import { LoginService } from './login.service.js';
import { PasswordResets } from './password-resets.js';
import { ResetLimit } from './reset-limit.js';
import { clearCookie, setCookie } from './session-cookie.js';
import type { NewSession } from './sessions.service.js';
import { SessionViews } from './session-views.js';
import { SetupService } from './setup.service.js';

/** The session of a person in a browser. It is in a cookie that pages can't read. */
@ApiTags('session')
@Public()
@Controller('session')
export class SessionController {
  constructor(
    private readonly views: SessionViews,
    private readonly logins: LoginService,
    private readonly setup: SetupService,
    private readonly resets: PasswordResets,
    private readonly limit: ResetLimit,
    private readonly addresses: ClientAddresses,
  ) {}

  /** Whose session this is, and how one begins. */
  @Get()
  show(@Req() request: Request): Promise<SessionDto> {
    return this.views.ofRequest(request);
  }

  /** Signs in. Too many failed attempts are refused for ten minutes. */
  @Post()
  @HttpCode(200)
  async login(
    @Body() body: LoginDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto> {
    return this.begun(request, response, await this.logins.login(body, request));
  }

  /** Signs out. Idempotent. */
  @Delete()
  @HttpCode(204)
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.views.end(request);
    clearCookie(response, this.addresses.isSecure(request));
  }

  /** Makes the first account, an admin, and signs in. Needs the code of the link that the server prints at its start. */
  @Post('setup')
  @HttpCode(200)
  async setUp(
    @Body() { code, ...user }: SetupDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto> {
    return this.begun(request, response, await this.setup.run(code, user, request));
  }

  /** Sends a link to set a new password to the user's e-mail address. Answers the same whether there is such a user or not. */
  @Post('password-resets')
  @HttpCode(202)
  async askReset(@Body() { name }: AskResetDto, @Req() request: Request): Promise<void> {
    await this.limit.count(this.addresses.of(request));
    // How long it takes would tell whether there is such a user.
    void this.resets.mail(name);
  }

  /** Sets a new password by a link, and signs the user out everywhere. */
  @Put('password-resets')
  @HttpCode(204)
  async useReset(@Body() { token, password }: UseResetDto, @Req() request: Request): Promise<void> {
    await this.limit.count(this.addresses.of(request));
    await this.resets.use(token, password);
  }

  private begun(request: Request, response: Response, session: NewSession): Promise<SessionDto> {
    setCookie(response, session.text, { secure: this.addresses.isSecure(request), until: session.until });
    return this.views.ofSession(session.id);
  }
}
