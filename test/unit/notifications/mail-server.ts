import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll } from 'vitest';
import { certificate, privateKey } from './localhost-certificate.js';

/** A real SMTP server with TLS (a certificate of its own), a login, and answers that a test chooses by the recipient. */
export class MailServer {
  readonly mails: ParsedMail[] = [];
  /** What happened on the wire, as far as it matters. */
  readonly log: string[] = [];
  port = 0;
  tlsPort = 0;

  private options(secure: boolean): ConstructorParameters<typeof SMTPServer>[0] {
    return {
      secure,
      cert: certificate,
      key: privateKey,
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, session, done) => {
        this.log.push(`login ${session.secure ? 'secure' : 'in the clear'}`);
        if (username === 'news' && password === 'correct horse') done(null, { user: username });
        else done(Object.assign(new Error('wrong password for news: battery staple'), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) => {
        const code = /^(\d{3})@/.exec(address)?.[1];
        if (code === undefined) done();
        else done(Object.assign(new Error('not here'), { responseCode: Number(code) }));
      },
      onData: (stream, session, done) => {
        this.log.push(`mail ${session.secure ? 'secure' : 'in the clear'}`);
        // oxlint-disable-next-line promise/no-callback-in-promise -- the server wants a callback
        void this.take(stream).then(done, done);
      },
      logger: false,
    };
  }

  private async take(stream: Readable): Promise<undefined> {
    this.mails.push(await simpleParser(stream));
    return undefined;
  }

  readonly plain = new SMTPServer(this.options(false));
  readonly secure = new SMTPServer(this.options(true));

  async open(): Promise<void> {
    for (const server of [this.plain, this.secure]) {
      server.on('error', () => undefined);
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    }
    this.port = (this.plain.server.address() as AddressInfo).port;
    this.tlsPort = (this.secure.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const server of [this.plain, this.secure]) await new Promise<void>((resolve) => server.close(resolve));
  }
}

export function useMailServer(): MailServer {
  const server = new MailServer();
  beforeAll(() => server.open());
  afterAll(() => server.close());
  return server;
}
