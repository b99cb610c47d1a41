import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Between a node and its masters: each request goes where the test says, or nowhere. */
export class MasterSwitch {
  /** What came, in order. */
  readonly paths: string[] = [];
  /** The master that gets a request; null cuts the connection. */
  route: (path: string) => string | null;
  private readonly server: Server;

  private constructor(url: string) {
    this.route = () => url;
    this.server = createServer((incoming, response) => this.pass(incoming, response));
  }

  static async start(url: string): Promise<MasterSwitch> {
    const made = new MasterSwitch(url);
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts what is connected, and all that comes. */
  cut(): void {
    this.route = () => null;
    this.server.closeAllConnections();
  }

  to(url: string): void {
    this.route = () => url;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const path = incoming.url ?? '';
    this.paths.push(path);
    const url = this.route(path);
    if (url === null) {
      response.destroy();
      return;
    }
    const { method = 'GET', headers } = incoming;
    const onward = request(url + path, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
