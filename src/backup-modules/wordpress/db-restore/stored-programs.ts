import { AppError } from '../../../common/errors/index.js';
import type { JobJournal } from '../../../engine/ports/index.js';
import { quoteIdentifier } from '../mysql/index.js';
import type { ByteSession } from './byte-session.js';
import { listTriggers, objectExists, showCreate } from './live-schema.js';
import type { WaitingObject } from './objects-file.js';
import { comparableDefinition, type ObjectKind } from './sql/object.js';
import { decodeName, PLAIN_MODE, toBytes } from './sql/lexer.js';
import type { ReplacedObject, StateFile } from './state.js';

const ORDER: readonly ObjectKind[] = ['package', 'package body', 'function', 'procedure', 'view', 'trigger', 'event'];
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

export interface ActivationOptions {
  bytes: ByteSession;
  state: StateFile;
  journal: JobJournal;
  /** `user@host` that everything made here belongs to. */
  currentUser: string;
}

/**
 * Creates the views, triggers, routines and events of a backup on the restored tables. One that this server or account
 * does not allow is left out with a warning (a trigger without its right must not cost the whole site its restore);
 * what it would replace is journalled before it goes. May be run again after a stop at any point.
 */
export class ObjectActivation {
  private created = 0;

  constructor(private readonly options: ActivationOptions) {}

  /** Number of objects that are in place. */
  async run(objects: readonly WaitingObject[]): Promise<number> {
    for (const kind of ORDER) {
      const some = objects.filter((object) => object.kind === kind);
      // oxlint-disable no-await-in-loop -- one connection, in this order
      if (kind === 'view') await this.views(some);
      else if (kind === 'trigger') await this.triggers(some);
      else for (const object of some) await this.program(object);
      // oxlint-enable no-await-in-loop
    }
    return this.created;
  }

  /** Views may stand on views that come later: those that fail are tried again as long as any succeeds. */
  private async views(objects: readonly WaitingObject[]): Promise<void> {
    let waiting = [...objects];
    while (waiting.length > 0) {
      const failed: { object: WaitingObject; error: AppError }[] = [];
      for (const object of waiting) {
        // oxlint-disable-next-line no-await-in-loop
        const error = await this.view(object);
        if (error) failed.push({ object, error });
      }
      if (failed.length === waiting.length) {
        for (const { object, error } of failed) this.leftOut(object, error);
        return;
      }
      waiting = failed.map(({ object }) => object);
    }
  }

  private async view(object: WaitingObject): Promise<AppError | null> {
    const { bytes } = this.options;
    // From a run that was stopped here: after the swap the name is free, or ours.
    await bytes.session.run(`DROP VIEW IF EXISTS ${quoteIdentifier(object.name)}`);
    return this.create(object);
  }

  private async triggers(objects: readonly WaitingObject[]): Promise<void> {
    const { bytes, state } = this.options;
    if (objects.length === 0) return;
    const live = await listTriggers(bytes.session);
    const old = new Set((state.state.plan?.moves ?? []).map((move) => move.to));
    const restored = new Set(state.state.tables.map((table) => table.name));
    for (const object of objects) {
      const on = [...live].find(([name]) => name.toLowerCase() === object.name.toLowerCase());
      if (on && restored.has(on[1])) {
        this.created += 1;
        continue;
      }
      if (on && !old.has(on[1])) {
        this.leftOut(object, new Error(`another table (${on[1]}) has a trigger of that name`));
        continue;
      }
      // oxlint-disable no-await-in-loop -- one connection
      // Trigger names are one per database. The old one's text is in the plan.
      if (on) await bytes.session.run(`DROP TRIGGER IF EXISTS ${quoteIdentifier(on[0])}`);
      const error = await this.create(object);
      if (error) this.leftOut(object, error);
      // oxlint-enable no-await-in-loop
    }
  }

  /** A routine or event: there is no renaming, so the old one's text is journalled, and it is replaced. */
  private async program(object: WaitingObject): Promise<void> {
    const { bytes, state } = this.options;
    const { kind, name } = object;
    const isOurs = state.state.created.some((one) => one.kind === kind && one.name === name);
    let before = state.state.replaced.find((one) => one.kind === kind && one.name === name) ?? null;
    if (await objectExists(bytes.session, kind, name)) {
      const there = await showCreate(bytes.session, kind, name, null);
      if (
        there &&
        comparableDefinition(toBytes(there.sql), PLAIN_MODE) === comparableDefinition(object.sql, PLAIN_MODE)
      ) {
        this.created += 1;
        return;
      }
      if (there === null && !isOurs) {
        this.leftOut(object, new Error('the present one cannot be kept: its text is hidden from the account'));
        return;
      }
      if (!isOurs && before === null && there !== null) {
        before = there;
        await state.update({ replaced: [...state.state.replaced, there] });
      }
      await dropObject(bytes, kind, name);
    } else if (!isOurs && before === null) {
      await state.update({ created: [...state.state.created, { kind, name }] });
    }
    const error = await this.create(object);
    if (!error) return;
    this.leftOut(object, error);
    if (before) await recreate(bytes, before, this.options.journal, null);
  }

  /** The error when the server refused the object itself; other errors (connection, cancel) are thrown. */
  private async create(object: WaitingObject): Promise<AppError | null> {
    const { bytes, journal, currentUser } = this.options;
    await bytes.setContext(object.context);
    try {
      await bytes.send(object.sql);
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
    this.created += 1;
    const definer = object.definer === null ? null : decodeName(object.definer).replaceAll(/[`'"]/g, '');
    if (definer !== null && definer !== currentUser && !/^current_user/i.test(definer)) {
      journal.note(`The ${object.kind} ${object.name} was defined by ${definer}; it belongs to ${currentUser} now.`, {
        object: object.name,
        definer,
      });
    }
    return null;
  }

  private leftOut(object: WaitingObject, error: Error): void {
    this.options.journal.warn({
      code: 'DATABASE_OBJECT_LEFT_OUT',
      message: `The ${object.kind} ${object.name} was not restored: ${error.message}`,
      context: { kind: object.kind, name: object.name, piece: object.piece },
    });
  }
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'DATABASE_FAILED' || error.code === 'DATABASE_DENIED');
}

async function dropObject(bytes: ByteSession, kind: ObjectKind, name: string): Promise<void> {
  await bytes.session.run(`DROP ${kind.toUpperCase()} IF EXISTS ${quoteIdentifier(name)}`);
}

/**
 * Makes a dropped trigger, routine or event again as it was. Naming another account as DEFINER needs a right the
 * site's account may lack: then the admin account does it, or the site's account becomes the definer, with a warning.
 */
async function recreate(
  bytes: ByteSession,
  object: ReplacedObject,
  journal: JobJournal,
  admin: ByteSession | null,
): Promise<void> {
  // The text came as UTF-8: with other letters than ASCII it must be read as UTF-8.
  const context = isAscii(object.sql)
    ? object.context
    : { ...object.context, characterSetClient: 'utf8mb4', collationConnection: null };
  const attempts: { session: ByteSession; sql: string }[] = [{ session: bytes, sql: object.sql }];
  if (admin) attempts.push({ session: admin, sql: object.sql });
  attempts.push({
    session: bytes,
    sql: object.sql.replace(
      /^(\s*CREATE\s+)DEFINER\s*=\s*(?:`(?:[^`]|``)*`|'[^']*'|\S+?)@(?:`(?:[^`]|``)*`|'[^']*'|\S+)\s/i,
      '$1',
    ),
  });
  let failure: unknown;
  for (const { session, sql } of attempts) {
    try {
      // oxlint-disable no-await-in-loop -- one after the other until one works
      await session.setContext(context);
      await session.send(toBytes(sql));
      // oxlint-enable no-await-in-loop
      if (sql !== object.sql) {
        journal.warn({
          code: 'DEFINER_CHANGED',
          message: `The ${object.kind} ${object.name} is back, but belongs to the site's own account now.`,
          context: { kind: object.kind, name: object.name },
        });
      }
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      failure = error;
    }
  }
  journal.warn({
    code: 'DATABASE_OBJECT_LOST',
    message: `The ${object.kind} ${object.name} could not be put back: ${failure instanceof Error ? failure.message : ''}`,
    context: { kind: object.kind, name: object.name },
  });
}

/** Brings triggers, routines and events back to what they were before activation. Run after the tables are back. */
export async function restoreReplaced(
  bytes: ByteSession,
  admin: ByteSession | null,
  state: StateFile,
  journal: JobJournal,
): Promise<void> {
  const { created, replaced, plan } = state.state;
  // oxlint-disable no-await-in-loop -- one connection
  for (const { kind, name } of created) await dropObject(bytes, kind, name);
  for (const object of replaced) {
    if (await objectExists(bytes.session, object.kind, object.name)) {
      const there = await showCreate(bytes.session, object.kind, object.name, null);
      if (there?.sql === object.sql) continue;
      await dropObject(bytes, object.kind, object.name);
    }
    await recreate(bytes, object, journal, admin);
  }
  const triggers = await listTriggers(bytes.session);
  for (const trigger of plan?.oldTriggers ?? []) {
    if (!triggers.has(trigger.name)) await recreate(bytes, trigger, journal, admin);
  }
  // oxlint-enable no-await-in-loop
}
