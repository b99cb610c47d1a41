import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { errnoOf } from '../../../../common/errors/index.js';
import { CLOSE } from '../../../threads/spawn-worker.js';
import { type ReadReply, type ReadRequest, ReadShared } from './protocol.js';
import { CUT_OFF, RunReader } from './run-reader.js';
import type { ContentItem, DamagedItem, EntrySink, FrameRun } from './types.js';

const HASH_BYTES = 1024 * 1024;
/** The storage's disk, not ours to write to: what it can't give is damaged. */
const LOST = new Set(['EIO', 'EUCLEAN', 'EBADMSG', 'ENODATA']);

class Stopped extends Error {}

/** A sink's error with the item that it concerns. */
class SinkFailed extends Error {
  constructor(
    override readonly cause: unknown,
    readonly item: ContentItem,
  ) {
    super('a sink failed');
  }
}

/** The main part of a thread of a read pool: does what it is told until it is closed. `sink` null: only checks. */
export function serveRuns<Item extends ContentItem>(
  memory: SharedArrayBuffer,
  sink: EntrySink<Item, unknown> | null,
): void {
  const service = new RunService<Item>(new ReadShared(memory), sink);
  parentPort?.on('message', (request: ReadRequest<Item> | typeof CLOSE) => {
    if (request === CLOSE) {
      service.close();
      parentPort?.close();
    } else service.serve(request);
  });
}

class RunService<Item extends ContentItem> {
  readonly #reader: RunReader<Item>;
  #run: { seq: number; run: FrameRun<Item> } | null = null;

  constructor(
    private readonly shared: ReadShared,
    private readonly sink: EntrySink<Item, unknown> | null,
  ) {
    this.#reader = new RunReader(sink === null ? null : naming(sink), {
      check: () => {
        if (shared.stopped) throw new Stopped();
      },
      onBytes: (bytes) => shared.addBytes(bytes),
    });
  }

  serve(request: ReadRequest<Item>): void {
    try {
      switch (request.kind) {
        case 'run':
          this.#begin(request);
          return;
        case 'bytes':
          this.#take(request.seq, Buffer.from(request.bytes.buffer, request.bytes.byteOffset, request.bytes.length));
          return;
        case 'end':
          if (this.#run?.seq === request.seq) this.#done(request.reason);
          return;
        case 'hash':
          this.#hash(request);
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): void {
    this.#reader.abandon();
    try {
      reply({ kind: 'closed', summary: this.sink?.close() });
    } catch (error) {
      this.#failed(error);
    }
  }

  #begin({ seq, fd, run }: Extract<ReadRequest<Item>, { kind: 'run' }>): void {
    this.#run = { seq, run };
    this.#reader.begin(run);
    if (fd === null) return;
    let reason = CUT_OFF;
    try {
      while (!this.#reader.advance()) {
        const got = this.#read(fd);
        if (got === 0) break;
        this.#reader.filled(got);
      }
    } catch (error) {
      const code = errnoOf(error);
      if (!(error instanceof ReadFailed) || code === undefined || !LOST.has(code)) throw error;
      reason = `the storage can't read it (${code})`;
    }
    this.#done(reason);
  }

  #read(fd: number): number {
    const room = this.#reader.room();
    try {
      return room.length === 0 ? 0 : readSync(fd, room, 0, room.length, this.#reader.position);
    } catch (error) {
      throw new ReadFailed(error);
    }
  }

  #take(seq: number, bytes: Buffer): void {
    // What was under way when the run was settled.
    if (this.#run?.seq !== seq) return;
    const enough = this.#reader.feed(bytes);
    reply({ kind: 'more', seq, enough });
    if (enough) this.#done(CUT_OFF);
  }

  #done(reason: string): void {
    if (this.#run === null) return;
    const { seq, run } = this.#run;
    this.#run = null;
    const damaged = this.#reader.end(reason).map((one: DamagedItem<Item>) => ({
      index: run.items.indexOf(one.item),
      reason: one.reason,
    }));
    reply({ kind: 'done', seq, damaged });
  }

  #hash({ seq, fd, size }: Extract<ReadRequest<Item>, { kind: 'hash' }>): void {
    const digest = createHash('sha256');
    const room = Buffer.allocUnsafeSlow(HASH_BYTES);
    let at = 0;
    while (at < size) {
      if (this.shared.stopped) throw new Stopped();
      let got = 0;
      try {
        got = readSync(fd, room, 0, Math.min(room.length, size - at), at);
      } catch (error) {
        if (!LOST.has(errnoOf(error) ?? '')) throw error;
      }
      if (got === 0) break;
      digest.update(room.subarray(0, got));
      this.shared.addBytes(got);
      at += got;
    }
    reply({ kind: 'digest', seq, sha256: digest.digest('hex'), bytes: at });
  }

  #failed(error: unknown): void {
    this.#reader.abandon();
    if (error instanceof Stopped) return;
    const item = error instanceof SinkFailed ? error.item : null;
    const cause = error instanceof SinkFailed || error instanceof ReadFailed ? error.cause : error;
    const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
    reply({ kind: 'failed', message, code: errnoOf(cause) ?? null, stack: stack ?? '', item });
  }
}

class ReadFailed extends Error {
  readonly code: string | undefined;
  constructor(override readonly cause: unknown) {
    super('the storage could not be read');
    this.code = errnoOf(cause);
  }
}

/** The sink, whose errors say which item they concern. */
function naming<Item extends ContentItem, Summary>(sink: EntrySink<Item, Summary>): EntrySink<Item, Summary> {
  return {
    open: (item) => {
      const named = <T>(work: () => T): T => {
        try {
          return work();
        } catch (error) {
          throw new SinkFailed(error, item);
        }
      };
      const writer = named(() => sink.open(item));
      return {
        write: (piece) => named(() => writer.write(piece)),
        finish: () => named(() => writer.finish()),
        abandon: () => writer.abandon(),
      };
    },
    close: () => sink.close(),
  };
}

function reply(message: ReadReply): void {
  parentPort?.postMessage(message, []);
}
