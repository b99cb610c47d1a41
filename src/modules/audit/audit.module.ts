import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditController } from './audit.controller.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditLog } from './audit-log.js';
import { AuditService } from './audit.service.js';
import { Refusals } from './refusals.js';
import { RequestAudit } from './request-audit.js';

/** The audit log. Features need nothing for their requests to be in it; what they do by themselves they tell `AuditLog.system`. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditLog, AuditService, Refusals, RequestAudit, { provide: APP_INTERCEPTOR, useClass: AuditInterceptor }],
  exports: [AuditLog, RequestAudit],
})
export class AuditModule {}
