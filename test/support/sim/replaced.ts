import { Duplex, Readable } from 'node:stream';
import { running } from './world.js';

// The module itself is replaced.
const realFs = process.getBuiltinModule('node:fs');

type AnyFunction = (...args: never[]) => unknown;

/** One of the real module's functions as an outside call of the running process; outside of the simulation it is the real one. */
function gated(name: string, real: AnyFunction, sync: AnyFunction): AnyFunction {
  return (...args) => {
    const here = running.getStore();
    if (here === undefined) return real(...args);
    const shown = typeof args[0] === 'string' ? shortPath(args[0]) : '';
    return here.world.call(here.process, `fs ${name} ${shown}`, () => sync(...args));
  };
}

function shortPath(path: string): string {
  return path
    .split('/')
    .slice(-2)
    .join('/')
    .replace(/\.[0-9a-f]{8}\.partial$/, '.partial');
}

/** Names of `node:fs/promises` that the code under test calls; each is done at once by its sync namesake, on tmpfs. */
const SYNC = [
  'rename',
  'rm',
  'mkdir',
  'chmod',
  'readdir',
  'stat',
  'lstat',
  'statfs',
  'realpath',
  'readFile',
  'writeFile',
  'appendFile',
];

/** `node:fs/promises` whose calls can be where the process dies. */
export function simFsPromises(real: Record<string, unknown>): Record<string, unknown> {
  const replaced: Record<string, unknown> = { ...real };
  for (const name of SYNC) {
    const sync: unknown = Reflect.get(realFs, `${name}Sync`);
    const own = real[name];
    if (typeof sync === 'function' && typeof own === 'function')
      replaced[name] = gated(name, callable(own), callable(sync));
  }
  const open = real['open'];
  if (typeof open === 'function') replaced['open'] = gated('open', callable(open), openSync);
  return { ...replaced, default: replaced };
}

function callable(value: object): AnyFunction {
  return (...args) => Reflect.apply(value as AnyFunction, undefined, args) as unknown;
}

/** The parts of a FileHandle that are used: each write is a call of its own. */
function openSync(path: string, flags: string, mode?: number): object {
  const file = realFs.openSync(path, flags, mode);
  return {
    writeFile: async (data: string | Uint8Array) =>
      inside(`write ${shortPath(path)}`, () => realFs.writeFileSync(file, data)),
    sync: async () => Promise.resolve(),
    close: async () => Promise.resolve(realFs.closeSync(file)),
    read: async (buffer: Buffer, offset: number, length: number, position: number | null) =>
      Promise.resolve({ bytesRead: realFs.readSync(file, buffer, offset, length, position), buffer }),
  };
}

function inside<T>(what: string, work: () => T): Promise<T> | T {
  const here = running.getStore();
  return here === undefined ? work() : here.world.call(here.process, `fs ${what}`, work);
}

/** `node:fs` whose streams read and write at once. */
export function simFs(real: Record<string, unknown>): Record<string, unknown> {
  const replaced: Record<string, unknown> = {
    ...real,
    createReadStream: (path: string, options: never) =>
      running.getStore() === undefined
        ? realFs.createReadStream(path, options)
        : Readable.from(
            (function* read() {
              yield realFs.readFileSync(path);
            })(),
            { objectMode: false },
          ),
    createWriteStream: (path: string, options: never) => {
      const here = running.getStore();
      if (here === undefined) return realFs.createWriteStream(path, options);
      const chunks: Buffer[] = [];
      const write = (): void => realFs.writeFileSync(path, Buffer.concat(chunks), { mode: 0o600 });
      return Duplex.from(async (parts: AsyncIterable<Buffer>) => {
        for await (const part of parts) chunks.push(Buffer.from(part));
        await here.world.call(here.process, `fs write ${shortPath(path)}`, write);
      });
    },
  };
  return { ...replaced, default: replaced };
}

/** `node:zlib` that decompresses in this thread, so that nothing depends on how fast another one is. */
export function simZlib(real: Record<string, unknown>): Record<string, unknown> {
  const sync = (name: string): unknown => {
    const work = real[`${name}Sync`];
    const own = real[name];
    if (typeof work !== 'function' || typeof own !== 'function') return own;
    return (bytes: never, options: never, done: (error: unknown, result?: unknown) => void): void => {
      if (running.getStore() === undefined) {
        Reflect.apply(own, undefined, [bytes, options, done]);
        return;
      }
      let result: unknown;
      try {
        result = Reflect.apply(work, undefined, [bytes, options]);
      } catch (error) {
        done(error);
        return;
      }
      done(null, result);
    };
  };
  const replaced = { ...real, zstdDecompress: sync('zstdDecompress'), zstdCompress: sync('zstdCompress') };
  return { ...replaced, default: replaced };
}

/** `node:crypto` with the seed's randomness. */
export function simCrypto(real: Record<string, unknown>): Record<string, unknown> {
  const { randomBytes, randomUUID } = real;
  const replaced: Record<string, unknown> = {
    ...real,
    randomBytes: (size: number): unknown => {
      const here = running.getStore();
      if (here !== undefined) return here.world.random.bytes(size);
      return typeof randomBytes === 'function' ? Reflect.apply(randomBytes, undefined, [size]) : null;
    },
    randomUUID: (): unknown => {
      const here = running.getStore();
      if (here !== undefined) return uuidOf(here.world.random.bytes(16), 4);
      return typeof randomUUID === 'function' ? Reflect.apply(randomUUID, undefined, []) : null;
    },
  };
  return { ...replaced, default: replaced };
}

/** `uuid` whose ids come from the seed and the simulated clock. */
export function simUuid(real: Record<string, unknown>): Record<string, unknown> {
  const { v7 } = real;
  return {
    ...real,
    v7: (): unknown => {
      const here = running.getStore();
      if (here === undefined) return typeof v7 === 'function' ? Reflect.apply(v7, undefined, []) : null;
      const bytes = here.world.random.bytes(16);
      bytes.writeUIntBE(here.world.now, 0, 6);
      return uuidOf(bytes, 7);
    },
  };
}

function uuidOf(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** `node:timers/promises` on the simulated clock. */
export function simTimers(real: Record<string, unknown>): Record<string, unknown> {
  const own = real['setTimeout'];
  const replaced: Record<string, unknown> = {
    ...real,
    setTimeout: (milliseconds: number, ...rest: unknown[]): unknown => {
      const here = running.getStore();
      if (here !== undefined) return here.world.sleep(here.process, milliseconds);
      return typeof own === 'function' ? Reflect.apply(own, undefined, [milliseconds, ...rest]) : null;
    },
  };
  return { ...replaced, default: replaced };
}
