import { readFile, rename, writeFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { errnoOf } from '../../common/errors/index.js';
import { Role } from '../../common/http/index.js';
import { AppConfig } from '../../config/index.js';
import { TokenService } from './token.service.js';

/**
 * Sees to it that the command line on this host can work: the token in `<data dir>/admin.token` is a valid admin token.
 * Made at the first start; a file that is lost is made anew, a database that is lost learns the file's token again.
 */
@Injectable()
export class FirstToken implements OnModuleInit {
  /** The token's text when this start made it: to be printed once. */
  created: string | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly tokens: TokenService,
  ) {}

  async onModuleInit(): Promise<void> {
    const file = this.config.paths.adminToken;
    const text = await readToken(file);
    if (text !== null) {
      await this.tokens.adopt(text, { name: 'first start', role: Role.Admin });
      return;
    }
    const made = await this.tokens.create({ name: 'first start', role: Role.Admin });
    await writeFile(`${file}.partial`, `${made.text}\n`, { mode: 0o600, flush: true });
    await rename(`${file}.partial`, file);
    this.created = made.text;
  }
}

async function readToken(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
