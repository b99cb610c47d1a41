import { type ExecutionContext, Injectable } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { AppError, asAppError } from '../../common/errors/index.js';
import { ACCESS_RULE, type AccessRule, ClientAddresses, type Principal, statusOf } from '../../common/http/index.js';
import { AUDIT_ACTION } from './audited.js';
import { type AuditedAct, AuditLog } from './audit-log.js';
import { Refusals } from './refusals.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Makes audit entries of requests. */
@Injectable()
export class RequestAudit {
  constructor(
    private readonly reflector: Reflector,
    private readonly log: AuditLog,
    private readonly refusals: Refusals,
    private readonly addresses: ClientAddresses,
  ) {}

  /**
   * Whether a request that is let in is noted: it changes something, or hands out data. What nodes do is in the events of their jobs, and
   * what everyone may do would let everyone fill the log: of these what has come of it is noted by the feature.
   */
  isNoted(context: ExecutionContext): boolean {
    const { method } = context.switchToHttp().getRequest<Request>();
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    const isPersons = rule !== 'node' && rule !== 'public';
    return (isPersons && CHANGING.has(method)) || this.named(context) !== undefined;
  }

  /** A request that was let in and is answered with `result`. */
  async done(context: ExecutionContext, result: unknown): Promise<void> {
    await this.log.act(this.actOf(context, context.switchToHttp().getResponse<Response>().statusCode, null, result));
  }

  /** A request that was let in and failed. */
  async failed(context: ExecutionContext, thrown: unknown): Promise<void> {
    const error = asAppError(thrown);
    await this.log.act(this.actOf(context, statusOf(error), error.code, null));
  }

  /** A request that was not let in: no valid token, or a role that is too low. Counted per minute: see `Refusals`. */
  async refused(context: ExecutionContext, error: AppError): Promise<void> {
    const request = context.switchToHttp().getRequest<Request & { principal?: Principal }>();
    if (request.principal !== undefined)
      await this.refusals.note(this.actOf(context, statusOf(error), error.code, null));
    else await this.notLetIn(request, this.actionOf(context), error);
  }

  /** The same for what comes by another way than a handler. */
  async notLetIn(request: Pick<Request, 'headers' | 'socket'>, action: string, error: AppError): Promise<void> {
    await this.refusals.note({
      principal: null,
      targetId: null,
      details: { requests: 1 },
      address: this.addresses.of(request),
      userAgent: request.headers['user-agent'],
      action,
      status: statusOf(error),
      error: error.code,
    });
  }

  /** `sites.update` for the method `update` at `sites/:id`, `sites.repair.start` for `start` at `sites/:id/repair`. */
  actionOf(context: Pick<ExecutionContext, 'getClass' | 'getHandler'>): string {
    return this.named(context) ?? actionName(context.getClass(), context.getHandler());
  }

  private named(context: Pick<ExecutionContext, 'getHandler'>): string | undefined {
    return this.reflector.get<string | undefined>(AUDIT_ACTION, context.getHandler());
  }

  private actOf(context: ExecutionContext, status: number, error: string | null, result: unknown): AuditedAct {
    const request = context.switchToHttp().getRequest<Request & { principal?: Principal }>();
    const { params, query } = request;
    const body: unknown = request.body;
    return {
      principal: request.principal ?? null,
      address: this.addresses.of(request),
      userAgent: request.headers['user-agent'],
      action: this.actionOf(context),
      targetId: targetOf(params, result),
      status,
      error,
      details: {
        ...madeBy(params, result),
        ...(typeof body === 'object' && body !== null ? { ...body } : {}),
        ...(Object.keys(query).length === 0 ? {} : { query }),
      },
    };
  }
}

// eslint-disable-next-line typescript/no-unsafe-function-type -- what Nest hands out
export function actionName(controller: Function, handler: Function): string {
  const paths: unknown[] = [controller, handler].map((part) => Reflect.getMetadata(PATH_METADATA, part));
  const parts = paths
    .flatMap((path) => (typeof path === 'string' ? path.split('/') : []))
    .filter((part) => part !== '' && !part.startsWith(':'));
  // `POST jobs/:id/cancel` in a method `cancel` says it once.
  if (parts.at(-1) !== handler.name) parts.push(handler.name);
  return parts.join('.');
}

/** The job that a request about something else began. */
function madeBy(params: Request['params'], result: unknown): { jobId?: string } {
  const made = Object.keys(params).length > 0 && typeof result === 'object' && result !== null && 'stages' in result;
  return made && 'id' in result && typeof result.id === 'string' ? { jobId: result.id } : {};
}

/** What the request is about: the id in its path, else that of what it made. */
function targetOf(params: Request['params'], result: unknown): string | null {
  const named = params['id'] ?? Object.values(params).join('/');
  const id = Array.isArray(named) ? named.join('/') : named;
  if (id !== '') return id;
  return typeof result === 'object' && result !== null && 'id' in result && typeof result.id === 'string'
    ? result.id
    : null;
}
