import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Authentication } from './authentication.js';
import { FailureLimit } from './failure-limit.js';
import { FirstToken } from './first-token.js';
import { NodeAccess } from './node-access.js';
import { PersonAccess } from './person-access.js';
import { SiteAccess } from './site-access.js';
import { TokenController } from './token.controller.js';
import { TokenService } from './token.service.js';

@Module({
  controllers: [TokenController],
  providers: [
    Authentication,
    TokenService,
    FailureLimit,
    FirstToken,
    NodeAccess,
    PersonAccess,
    SiteAccess,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authentication, NodeAccess, PersonAccess, SiteAccess, TokenService, FirstToken],
})
export class AuthModule {}
