import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { NotificationsModule } from '../notifications/index.js';
import { AccountController } from './account.controller.js';
import { AccountService } from './account.service.js';
import { AuditOfLogins } from './audit-of-logins.js';
import { LoginLimit } from './login-limit.js';
import { LoginService } from './login.service.js';
import { PasswordResets } from './password-resets.js';
import { Passwords } from './passwords.js';
import { ResetLimit } from './reset-limit.js';
import { SecondFactor } from './second-factor.js';
import { SessionController } from './session.controller.js';
import { SessionViews } from './session-views.js';
import { SessionsService } from './sessions.service.js';
import { SetupService } from './setup.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

/** People: accounts, signing in, second factors, sessions; see docs/users.md. */
@Module({
  imports: [AuthModule, NotificationsModule],
  controllers: [SessionController, AccountController, UsersController],
  providers: [
    Passwords,
    SecondFactor,
    LoginLimit,
    ResetLimit,
    AuditOfLogins,
    SessionsService,
    LoginService,
    UsersService,
    PasswordResets,
    SetupService,
    SessionViews,
    AccountService,
  ],
  exports: [SetupService],
})
export class UsersModule {}
