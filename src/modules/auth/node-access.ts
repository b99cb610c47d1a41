import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { NodePrincipal } from '../../common/http/index.js';
import { ClientAddresses } from '../../common/http/index.js';
import { tokenInvalid, tokenMissing } from './auth.errors.js';
import { FailureLimit } from './failure-limit.js';

/** With the answer, where there is one: it can be ended when the node may no longer come in. */
export type NodeRequest = Pick<Request, 'headers' | 'socket' | 'res'>;
/** Who has the key; null = nobody. Throws when the node is known and may not come in. */
export type NodeAuthenticator = (key: string, request: NodeRequest) => Promise<NodePrincipal | null>;

/** Lets nodes in by their keys, which the feature of the nodes knows: it registers how to look one up. */
@Injectable()
export class NodeAccess {
  private lookUp: NodeAuthenticator = () => Promise.resolve(null);

  constructor(
    private readonly failures: FailureLimit,
    private readonly addresses: ClientAddresses,
  ) {}

  register(lookUp: NodeAuthenticator): void {
    this.lookUp = lookUp;
  }

  /** By the header `Authorization: Bearer …`. Errors: TOKEN_MISSING, TOKEN_INVALID, TOO_MANY_FAILED_LOGINS, and those of the nodes. */
  async authenticate(request: NodeRequest): Promise<NodePrincipal> {
    const key = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw tokenMissing();
    const node = await this.lookUp(key, request);
    if (node !== null) return node;
    await this.failures.count(this.addresses.of(request));
    throw tokenInvalid();
  }
}
