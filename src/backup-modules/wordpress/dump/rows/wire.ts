import { readSync, writeSync } from 'node:fs';

/** The server reported an error, or the connection broke (then `errno` is the client libraries' 2013). */
export class WireError extends Error {
  constructor(
    message: string,
    readonly errno: number,
  ) {
    super(message);
    this.name = 'WireError';
  }
}

export const CONNECTION_LOST = 2013;
export const MALFORMED_PACKET = 2027;
export const HEADER_BYTES = 4;
/** A packet of this length goes on in the next one. */
export const LONGEST_PACKET = 0xffffff;

/** More than any table may have. */
export const MOST_COLUMNS = 65_535;

const COM_QUERY = 3;
const ERR = 0xff;
const EOF = 0xfe;
const OK = 0;
const LOCAL_FILE = 0xfb;

const lost = (reason: string): WireError =>
  new WireError(`Lost connection to server during query (${reason})`, CONNECTION_LOST);
export const malformed = (what: string): WireError =>
  new WireError(`Malformed answer of the server: ${what}`, MALFORMED_PACKET);

/**
 * One logged-in connection of the MySQL protocol (4.1 and later, no compression, EOF packets not deprecated), read
 * synchronously into one buffer. Bytes `[at, end)` of `data` are not used up yet.
 */
export class Wire {
  readonly data: Buffer;
  at = 0;
  end = 0;
  /** Bytes read so far. */
  private readonly fd: number;

  constructor(fd: number, bytes: number) {
    this.fd = fd;
    this.data = Buffer.allocUnsafeSlow(bytes);
  }

  /** Makes sure that `count` bytes are there from `at` on; `count` is at most the buffer's length. May move them. */
  need(count: number): void {
    if (this.end - this.at >= count) return;
    if (this.at + count > this.data.length || this.at === this.end) {
      this.data.copyWithin(0, this.at, this.end);
      this.end -= this.at;
      this.at = 0;
    }
    while (this.end - this.at < count) this.end += this.read(this.end);
  }

  /** At least one more byte, when none is left. */
  more(): void {
    if (this.at === this.end) this.need(1);
  }

  /** Reads a packet's head; gives its length. */
  header(): number {
    this.need(HEADER_BYTES);
    const length = this.data.readUIntLE(this.at, 3);
    this.at += HEADER_BYTES;
    return length;
  }

  /** Sends a statement; gives how many columns its result has, 0 for none. Throws WireError with the server's own words. */
  query(sql: string): number {
    const text = Buffer.from(sql);
    const packet = Buffer.allocUnsafe(HEADER_BYTES + 1 + text.length);
    packet.writeUIntLE(text.length + 1, 0, 3);
    packet[3] = 0;
    packet[HEADER_BYTES] = COM_QUERY;
    text.copy(packet, HEADER_BYTES + 1);
    this.write(packet);
    const answer = this.shortPacket();
    if (answer[0] === OK) return 0;
    if (answer[0] === LOCAL_FILE) throw malformed('it asks for a file');
    const { value } = readLength(answer, 0);
    if (value < 0 || value > MOST_COLUMNS) throw malformed(`a result with ${value} columns`);
    return value;
  }

  /** One packet, but none that goes on in the next one; throws the error that it reports. Valid until the next read. */
  shortPacket(): Buffer {
    const length = this.header();
    if (length === LONGEST_PACKET) throw malformed('a packet too long for what it is');
    const packet = length > this.data.length ? this.largePacket(length) : this.bufferedPacket(length);
    if (packet[0] === ERR) throw serverError(packet);
    return packet;
  }

  private bufferedPacket(length: number): Buffer {
    this.need(length);
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  /** Definitions of tables with thousands of comments. */
  private largePacket(length: number): Buffer {
    const packet = Buffer.allocUnsafe(length);
    for (let got = 0; got < length;) {
      this.more();
      const count = Math.min(length - got, this.end - this.at);
      this.data.copy(packet, got, this.at, this.at + count);
      this.at += count;
      got += count;
    }
    return packet;
  }

  private read(into: number): number {
    let got: number;
    try {
      got = readSync(this.fd, this.data, into, this.data.length - into, null);
    } catch (error) {
      throw lost(error instanceof Error ? error.message : String(error));
    }
    if (got === 0) throw lost('the server closed it');
    return got;
  }

  private write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
    } catch (error) {
      throw lost(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Whether a packet ends the rows (or the columns) of a result. */
export function isEnd(firstByte: number, length: number): boolean {
  return firstByte === EOF && length > 0 && length < 9;
}

/** A length as the protocol writes it; -1 stands for NULL. */
export function readLength(bytes: Buffer, at: number): { value: number; next: number } {
  const first = bytes[at] ?? 0;
  if (first < 0xfb) return { value: first, next: at + 1 };
  if (first === 0xfb) return { value: -1, next: at + 1 };
  if (first === 0xfc) return { value: bytes.readUInt16LE(at + 1), next: at + 3 };
  if (first === 0xfd) return { value: bytes.readUIntLE(at + 1, 3), next: at + 4 };
  return { value: Number(bytes.readBigUInt64LE(at + 1)), next: at + 9 };
}

/** The error that a packet reports. */
export function serverError(packet: Buffer): WireError {
  const errno = packet.readUInt16LE(1);
  const hasState = packet[3] === 0x23;
  return new WireError(packet.toString('utf8', hasState ? 9 : 3), errno);
}
