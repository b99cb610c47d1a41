import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, mergeMap, type Observable } from 'rxjs';
import { RequestAudit } from './request-audit.js';

/** Notes every request that changes something or hands out data, once its answer is known and before it is sent. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly audit: RequestAudit) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || !this.audit.isNoted(context)) return next.handle();
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        await this.audit.done(context, result);
        return result;
      }),
      catchError(async (error: unknown): Promise<never> => {
        await this.audit.failed(context, error);
        throw error;
      }),
    );
  }
}
