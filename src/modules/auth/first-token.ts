import { readFile, rename, writeFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { errnoOf } from '../../common/errors/index.js';
import { Role } from '../../common/http/index.js';
import { AppConfig } from '../../config/index.js';
import { TokenService } from './token.service.js';

/** What a token looks like; anything else in the file can't be one. */
const tokenForm = /^bkd_[A-Za-z0-9_-]{32,}$/;

/**
 * Sees to it that the command line on this host can work: the token in `<data dir>/admin.token` is a valid admin token.
 * Made at the first start. A database without any admin token learns the file's; a token that was removed is not
 * revived: the file then gets a new one.
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
    if (text !== null && (await this.tokens.ensureAdmin(text, 'first start'))) return;
    const made = await this.tokens.create({ name: 'first start', role: Role.Admin });
    await writeFile(`${file}.partial`, `${made.text}\n`, { mode: 0o600, flush: true });
    await rename(`${file}.partial`, file);
    this.created = made.text;
  }
}

async function readToken(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return tokenForm.test(text) ? text : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
