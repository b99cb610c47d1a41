import type { Connection, ResultSetHeader } from 'mysql2/promise';

/** The driver's packet: a length and a number (4 bytes), then what the command says before its statement. */
interface DriverPacket {
  buffer: Buffer;
  end: number;
}

/** The driver's connection behind its promises. */
interface DriverConnection {
  writePacket(packet: DriverPacket): void;
}

/** The driver's packet has a length of its own in front. */
const LENGTH_BYTES = 4;
/** Where the protocol cuts a packet in two; one that ends there is followed by an empty one. */
const CUT_BYTES = 0xff_ff_ff;
/** Room for what stands before a statement: 5 bytes, 7 where the server knows attributes of a query. */
const HEAD_BYTES = 16;
/** Of a statement that leaves its buffer to the next one. */
const KEPT_BYTES = 1024 * 1024;

/**
 * Sends statements that are bytes as they are, one at a time, from one buffer. The driver knows only text: it would make a
 * string and a packet of its own of each, whose memory costs more collecting than all the rest of sending it.
 */
export class PacketBody {
  private room: Buffer | null = null;
  /** What the next packet of the driver takes along. */
  private next: { room: Buffer; end: number } | null = null;

  constructor(private readonly connection: Connection) {
    const driver = driverOf(connection);
    const write = driver.writePacket.bind(driver);
    driver.writePacket = (packet) => {
      if (this.next !== null) this.fill(packet, this.next);
      this.next = null;
      write(packet);
    };
  }

  /** Runs the statement whose parts these are. */
  async query(parts: readonly Buffer[]): Promise<[ResultSetHeader, unknown]> {
    const bytes = parts.reduce((sum, part) => sum + part.length, HEAD_BYTES);
    const kept = this.room;
    const room =
      kept !== null && kept.length >= bytes ? kept : Buffer.allocUnsafeSlow(Math.max(bytes, KEPT_BYTES + HEAD_BYTES));
    // Of a query that fails, the driver may still be writing: that buffer is not used again.
    this.room = null;
    let end = HEAD_BYTES;
    for (const part of parts) {
      room.set(part, end);
      end += part.length;
    }
    this.next = { room, end };
    // The packet is written in this call. On a lost connection there is none.
    const query = this.connection.query<ResultSetHeader>({ sql: '', values: null });
    this.next = null;
    const result = await query;
    if (room.length <= KEPT_BYTES + HEAD_BYTES) this.room = room;
    return result;
  }

  /** Puts the packet's bytes before the statement. */
  private fill(packet: DriverPacket, { room, end }: { room: Buffer; end: number }): void {
    const start = HEAD_BYTES - packet.buffer.length;
    packet.buffer.copy(room, start);
    packet.buffer = room.subarray(start, end);
    // The driver cuts up to `end` and counts the length in front twice: some packets would get an empty one too many.
    const payload = packet.buffer.length - LENGTH_BYTES;
    packet.end = payload % CUT_BYTES === 0 ? payload + 1 : payload;
  }
}

function driverOf(connection: Connection): DriverConnection {
  const driver: unknown = Reflect.get(connection, 'connection');
  if (isDriver(driver)) return driver;
  throw new Error('mysql2 has no writePacket');
}

function isDriver(value: unknown): value is DriverConnection {
  return typeof value === 'object' && value !== null && 'writePacket' in value;
}
