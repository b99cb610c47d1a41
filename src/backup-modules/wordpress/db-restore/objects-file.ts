import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { CreationContext } from './sql/set.js';
import type { LexMode } from './sql/lexer.js';
import { parseObject, type ObjectNames, type ObjectStatement } from './sql/object.js';

/** A view, trigger, routine or event of the backup, waiting for its tables. */
export interface WaitingObject extends ObjectStatement {
  context: CreationContext;
  /** How its text is to be read. */
  mode: LexMode;
  /** Where it came from. */
  piece: string;
}

/** Writes the objects of a dump to a file, so that activation does not need the backup again. */
export class ObjectsWriter {
  count = 0;
  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<ObjectsWriter> {
    return new ObjectsWriter(await open(path, 'w', 0o600));
  }

  async add(object: WaitingObject): Promise<void> {
    await this.file.write(`${JSON.stringify(object)}\n`);
    this.count += 1;
  }

  /** Makes all of it durable. */
  sync(): Promise<void> {
    return this.file.sync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/**
 * The objects in the file's order, with the target's names in place of the backup's; the last of one kind and name
 * counts (a view comes after its stand-in).
 */
export async function readObjects(path: string, names: ObjectNames): Promise<WaitingObject[]> {
  const objects = new Map<string, WaitingObject>();
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by ObjectsWriter
    const stored = JSON.parse(line) as WaitingObject;
    const parsed = parseObject(stored.sql, names, stored.mode);
    if (!parsed.ok) continue;
    const object = { ...stored, ...parsed.object, definer: stored.definer };
    const key = `${object.kind}\0${object.name}`;
    objects.delete(key);
    objects.set(key, object);
  }
  return [...objects.values()];
}
