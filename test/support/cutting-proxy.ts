import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../../src/engine/testing/index.js';

export interface CuttingProxyOptions {
  /** Port on loopback that is connected to. */
  port: number;
  seed?: number;
  /** Each connection is cut after a random number of bytes (both ways together) up to twice this; none by default. */
  cutAfterBytes?: number;
  /** Bytes a second towards the server, of each connection. */
  bytesPerSecond?: number;
  /** Wait before each connection is passed on. */
  delayMs?: number;
}

/** A TCP proxy that breaks connections at seeded random points, can delay and throttle, and counts bytes. */
export class CuttingProxy {
  /** Bytes that went to the server. */
  bytesUp = 0;
  /** Bytes that came from it. */
  bytesDown = 0;
  connections = 0;
  cuts = 0;
  /** Connections are taken and cut at once while set. */
  isDown = false;
  private readonly random: SeededRandom;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly options: CuttingProxyOptions,
  ) {
    this.random = new SeededRandom(options.seed ?? 1);
    server.on('connection', (socket) => void this.serve(socket));
  }

  static async start(options: CuttingProxyOptions): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CuttingProxy(server, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Cuts all connections now. */
  cutAll(): void {
    for (const socket of this.sockets) this.cut(socket);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cutAll();
    await closed;
  }

  private async serve(client: Socket): Promise<void> {
    this.connections++;
    this.keep(client);
    if (this.isDown) return this.cut(client);
    if (this.options.delayMs !== undefined) await pause(this.options.delayMs);
    const upstream = connect(this.options.port, '127.0.0.1');
    this.keep(upstream);
    const { cutAfterBytes } = this.options;
    let left = cutAfterBytes === undefined ? Number.POSITIVE_INFINITY : 1 + this.random.below(2 * cutAfterBytes);
    const count = (bytes: number): void => {
      left -= bytes;
      if (left > 0) return;
      this.cut(client);
      this.cut(upstream);
    };
    const up = this.relay((bytes) => {
      this.bytesUp += bytes;
      count(bytes);
    }, this.options.bytesPerSecond);
    const down = this.relay((bytes) => {
      this.bytesDown += bytes;
      count(bytes);
    });
    client.pipe(up).pipe(upstream);
    upstream.pipe(down).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  private relay(onBytes: (bytes: number) => void, bytesPerSecond?: number): Transform {
    const relay = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        onBytes(chunk.length);
        if (bytesPerSecond === undefined) done(null, chunk);
        else setTimeout(done, (chunk.length / bytesPerSecond) * 1000, null, chunk);
      },
    });
    relay.on('error', () => undefined);
    return relay;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  /** With a reset, as a broken line does. */
  private cut(socket: Socket): void {
    if (socket.destroyed) return;
    this.cuts++;
    socket.resetAndDestroy();
  }
}
