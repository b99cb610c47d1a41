import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/index.js';
import { readJson, writeJsonDurably } from '../../engine/runner/index.js';

/** The id of this data folder, and so of the one master that works on it: kept for ever in `instance.json`. */
@Injectable()
export class InstanceId {
  private id: Promise<string> | null = null;

  constructor(private readonly config: AppConfig) {}

  get(): Promise<string> {
    this.id ??= this.readOrMake();
    return this.id;
  }

  private async readOrMake(): Promise<string> {
    const file = join(this.config.paths.root, 'instance.json');
    const known = await readJson(file);
    if (typeof known === 'object' && known !== null && 'id' in known && typeof known.id === 'string') return known.id;
    const id = newId();
    await writeJsonDurably(file, { id });
    return id;
  }
}
