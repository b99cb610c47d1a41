import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '../secrets/index.js';
import { Setting } from './setting.entity.js';

type Values = Readonly<Record<string, unknown>>;

/** Settings of the whole installation, each a small object under a key. Who owns a key checks what is in it. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly orm: MikroORM,
    private readonly secrets: SecretBox,
  ) {}

  /** The values under the key; null when it was never set. */
  async get(key: string): Promise<Values | null> {
    return (await this.orm.em.fork().findOne(Setting, { key }))?.value ?? null;
  }

  /** The secret values under the key, revealed; empty when there are none. Error: SECRET_UNREADABLE. */
  async secretsOf(key: string): Promise<Values> {
    const sealed = (await this.orm.em.fork().findOne(Setting, { key }))?.sealed ?? null;
    const revealed: unknown = sealed === null ? {} : JSON.parse(this.secrets.reveal(sealed));
    return Object.assign({}, revealed);
  }

  /** Replaces the values; the secret ones too when they are given, else they stay. */
  async set(key: string, value: Values, secrets?: Values): Promise<void> {
    const row = {
      key,
      value: { ...value },
      updatedAt: new Date(),
      ...(secrets === undefined ? {} : { sealed: this.secrets.seal(JSON.stringify(secrets)) }),
    };
    await this.orm.em.fork().upsert(Setting, row, { onConflictFields: ['key'] });
  }

  /** Back to the default. Idempotent. */
  async clear(key: string): Promise<void> {
    await this.orm.em.fork().nativeDelete(Setting, { key });
  }
}
