import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { type MasterClient, type NodeIdentity, type ResolvedIdentity, writeIdentity } from '../node-link/index.js';
import type { RotateAnswer } from '../node-protocol/index.js';

/** The node's key, which it can change for a new one. */
@Injectable()
export class NodeKey {
  private readonly logger = new Logger('node');
  private isTold = false;

  constructor(
    private readonly config: AppConfig,
    private identity: ResolvedIdentity,
  ) {}

  get text(): string {
    return this.identity.key;
  }

  get master(): string {
    return this.identity.master.url;
  }

  get who(): Pick<NodeIdentity, 'nodeId' | 'name'> {
    const { nodeId, name } = this.identity;
    return { nodeId, name };
  }

  /** Gets a new key, stores it, then uses it: whenever this is cut off, the stored one is valid. */
  async rotate(client: MasterClient, signal: AbortSignal): Promise<void> {
    if (this.identity.isKeyConfigured) {
      if (!this.isTold)
        this.logger.warn(
          'An admin asks for a new key, but BACKUPD_API_KEY names the key: set it anew, or take it out and run `backupd node join`.',
        );
      this.isTold = true;
      return;
    }
    const { key } = await client.call<RotateAnswer>('/node/key/rotate', {}, { signal });
    const { master, nodeId, name } = this.identity;
    await writeIdentity(this.config.paths, { master, key, nodeId, name });
    this.identity = { ...this.identity, key };
    this.logger.log('This node has a new key.');
  }
}
