import { randomBytes } from 'node:crypto';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { SECRET_KEY_BYTES } from '../../common/secret-key.js';
import { lockInTransaction } from '../../database/index.js';
import { SecretBox } from './box/index.js';
import { type SealedColumn, sealedColumns } from './sealed-columns.js';

const PAGE = 500;

/** A value that stays as it is, because the key it was sealed with is not here. */
export interface UnreadableSecret {
  table: string;
  id: string;
  message: string;
}

export interface Rotation {
  keyId: string;
  /** The key before; the same where the configuration names the key and nothing else was current. */
  previousKeyId: string;
  /** Whether a new key was made: not where the configuration names it. */
  made: boolean;
  resealed: number;
  /** What could not be opened; the first hundred. */
  unreadable: UnreadableSecret[];
}

/** Seals everything with another key. */
@Injectable()
export class SecretRotation {
  private readonly logger = new Logger('secrets');

  constructor(
    private readonly orm: MikroORM,
    private readonly box: SecretBox,
  ) {}

  /**
   * Makes a new key, durable before anything is sealed with it, and seals every stored secret again in one transaction. Earlier
   * keys are kept for opening, so it can be cut off anywhere and done again. Where the configuration names the key
   * (BACKUPD_SECRET_KEY), none is made: what was sealed with an earlier one is sealed with that.
   */
  async rotate(): Promise<Rotation> {
    const previousKeyId = this.box.keyId;
    if (!this.box.given) await this.box.use(randomBytes(SECRET_KEY_BYTES));
    const { resealed, unreadable } = await this.resealAll();
    this.logger.log(`${resealed} secrets were sealed again, with the key ${this.box.keyId}`);
    return { keyId: this.box.keyId, previousKeyId, made: !this.box.given, resealed, unreadable };
  }

  /** Seals with the current key what is sealed with an earlier one. Idempotent. */
  async resealAll(): Promise<Pick<Rotation, 'resealed' | 'unreadable'>> {
    return this.orm.em.fork().transactional(async (em) => {
      // Two rotations on one database take turns.
      await lockInTransaction(em, 'backupd:secrets', 'exclusive');
      const unreadable: UnreadableSecret[] = [];
      let resealed = 0;
      for (const column of sealedColumns) resealed += await this.resealColumn(em, column, unreadable);
      return { resealed, unreadable };
    });
  }

  private async resealColumn(em: EntityManager, place: SealedColumn, unreadable: UnreadableSecret[]): Promise<number> {
    const { table, key, column, json } = place;
    let resealed = 0;
    for (let after: string | null = null; ;) {
      const rows: { id: string; sealed: string }[] = await em.execute(
        `select ${key}::text as id, ${column}::text as sealed from ${table}
          where ${column} is not null ${after === null ? '' : `and ${key}::text > ?`} order by ${key}::text limit ${PAGE} for update`,
        after === null ? [] : [after],
      );
      for (const { id, sealed } of rows) {
        try {
          const again = json ? resealJson(sealed, this.box) : this.box.reseal(sealed);
          if (again === null) continue;
          await em.execute(`update ${table} set ${column} = ?${json ? '::jsonb' : ''} where ${key}::text = ?`, [
            again,
            id,
          ]);
          resealed += 1;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'SECRET_UNREADABLE') throw error;
          if (unreadable.length < 100) unreadable.push({ table, id, message: error.message });
        }
      }
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE || after === null) return resealed;
    }
  }
}

/** The JSON with every `{"sealed": …}` in it under the current key; null when nothing is to be changed. */
function resealJson(text: string, box: SecretBox): string | null {
  let changed = false;
  const again = JSON.stringify(JSON.parse(text), (name: string, value: unknown) => {
    if (name !== 'sealed' || typeof value !== 'string') return value;
    const sealed = box.reseal(value);
    if (sealed === null) return value;
    changed = true;
    return sealed;
  });
  return changed ? again : null;
}
