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

/** Bytes of a statement as they go to the server, with room for what the protocol puts in front. */
export class StatementRoom {
  #bytes: Buffer;
  #end = HEAD_BYTES;

  /** `capacity`: of the statement. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + capacity);
  }

  /** Bytes of the statement so far. */
  get length(): number {
    return this.#end - HEAD_BYTES;
  }

  get capacity(): number {
    return this.#bytes.length - HEAD_BYTES;
  }

  /** Copies bytes to the end of the statement; there must be room. */
  add(bytes: Buffer): void {
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Begins another statement. */
  clear(): void {
    this.#end = HEAD_BYTES;
  }

  /** The statement behind the bytes of a head. */
  behind(head: Buffer): Buffer {
    const start = HEAD_BYTES - head.length;
    head.copy(this.#bytes, start);
    return this.#bytes.subarray(start, this.#end);
  }
}

/**
 * Sends statements that are bytes as they are, one at a time. The driver knows only text: it would make a string and a packet
 * of its own of each, whose memory costs more collecting than all the rest of sending it.
 */
export class PacketBody {
  /** What the next packet of the driver takes along. */
  private next: StatementRoom | null = null;

  constructor(private readonly connection: Connection) {
    const driver = driverOf(connection);
    const write = driver.writePacket.bind(driver);
    driver.writePacket = (packet) => {
      if (this.next !== null) fill(packet, this.next);
      this.next = null;
      write(packet);
    };
  }

  /** Runs the statement, whose bytes must not change meanwhile; nor when it fails, for the driver may still be writing them. */
  async query(statement: StatementRoom): Promise<[ResultSetHeader, unknown]> {
    this.next = statement;
    // The packet is written in this call. On a lost connection there is none.
    const query = this.connection.query<ResultSetHeader>({ sql: '', values: null });
    this.next = null;
    return query;
  }
}

/** Puts the packet's bytes before the statement. */
function fill(packet: DriverPacket, statement: StatementRoom): void {
  packet.buffer = statement.behind(packet.buffer);
  // The driver cuts up to `end` and counts the length in front twice: some packets would get an empty one too many.
  const payload = packet.buffer.length - LENGTH_BYTES;
  packet.end = payload % CUT_BYTES === 0 ? payload + 1 : payload;
}

function driverOf(connection: Connection): DriverConnection {
  const driver: unknown = Reflect.get(connection, 'connection');
  if (isDriver(driver)) return driver;
  throw new Error('mysql2 has no writePacket');
}

function isDriver(value: unknown): value is DriverConnection {
  return typeof value === 'object' && value !== null && 'writePacket' in value;
}
