import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { senders, type Settings } from '../../../src/modules/notifications/channels/index.js';
import { type Message, messageOf } from '../../../src/modules/notifications/news/message.js';
import { newsOf } from '../../../src/modules/notifications/news/news-of-event.js';
import type { News } from '../../../src/modules/notifications/news/news.js';
import type { ChannelKind } from '../../../src/modules/notifications/notification.entity.js';
import { useReceiver } from '../../integration/notifications/receiver.js';
import { certificate } from './localhost-certificate.js';
import { useMailServer } from './mail-server.js';

const receiver = useReceiver();
const mail = useMailServer();
const ALLOW = ['127.0.0.0/8', '::1'];
const NASTY = '<b>&"shop"</b> *bold* _it_ `code` [x](http://evil) <!channel> @everyone ~~';

const failed = (siteName: string, message = 'The disk is broken.'): News => {
  const news = newsOf({
    type: 'job.failed',
    jobId: newId(),
    siteId: newId(),
    data: { kind: 'backup', error: { code: 'DISK_BROKEN', message, hint: 'Replace it.' } },
    createdAt: new Date('2026-03-01T14:05:09Z'),
    siteName,
    seconds: 12.3,
    firstWarning: null,
  });
  if (news === null) throw new Error('no news');
  return news;
};

const one = (siteName = 'shop.example', message?: string): Message =>
  messageOf(newId(), [failed(siteName, message)], 'https://backup.example.com');
const storm = (): Message =>
  messageOf(
    newId(),
    Array.from({ length: 300 }, (_, i) =>
      failed(`${NASTY} ${i} ${'y'.repeat(150)}`, `${i % 40} ${'long '.repeat(400)}`),
    ).map((news, i) => Object.assign(news, { code: `CODE_${i % 40}` })),
    'https://backup.example.com',
  );

const send = (kind: ChannelKind, settings: Settings, message = one()): Promise<string> =>
  senders[kind].send(message, settings, { allow: ALLOW, timeoutMs: 3000 });
const url = (name: string): string => `${receiver.url}/${name}`;

/** Of a channel to the tests' mail server. */
const mailTo = (more: Settings = {}): Settings => ({
  host: 'localhost',
  port: mail.port,
  user: 'news',
  password: 'correct horse',
  from: 'backupd <backupd@example.com>',
  to: 'a@example.com, B <b@example.com>',
  ca: certificate,
  ...more,
});

/** Every string in a value. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe('messages of HTTP channels', () => {
  it.each(['slack', 'discord', 'teams', 'ntfy', 'webhook'] as const)(
    '%s says site, what, why, what to do, job',
    async (kind) => {
      const settings = kind === 'ntfy' ? { server: url(kind), topic: 'news' } : { url: url(kind) };
      const message = one();
      expect(await send(kind, settings, message)).toBe('HTTP 200: ok');
      const said = texts(receiver.json(kind).at(-1)).join('\n').replaceAll('\\', '');
      for (const part of [
        'shop.example: backup failed',
        'The disk is broken.',
        'Replace it.',
        message.items[0]?.jobId ?? '?',
      ])
        expect(said).toContain(part);
      expect(said).toContain(`https://backup.example.com/jobs/${message.items[0]?.jobId}`);
      expect(said).toContain('2026-03-01 14:05:09 UTC');
    },
  );

  it('Slack: no markup of a name, within its limits', async () => {
    await send('slack', { url: url('slack') }, one(NASTY));
    const sent = receiver.json('slack').at(-1) as {
      text: string;
      blocks: { text: { text: string; verbatim?: boolean } }[];
    };
    expect(sent.text).not.toMatch(/<(?!\/)[!b]/);
    expect(sent.blocks[1]?.text).toMatchObject({ verbatim: true });
    expect(sent.blocks[1]?.text.text).toContain('&lt;!channel&gt;');
    await send('slack', { url: url('slack') }, storm());
    const many = receiver.json('slack').at(-1) as typeof sent;
    expect(many.blocks.length).toBeLessThanOrEqual(50);
    for (const { text } of many.blocks) expect(text.text.length).toBeLessThanOrEqual(3000);
    expect(many.blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
  });

  it('Discord: nobody is called, no Markdown of a name, within its limits', async () => {
    await send('discord', { url: url('discord') }, one(NASTY));
    const sent = receiver.json('discord').at(-1) as {
      embeds: { title: string; description: string }[];
      allowed_mentions: unknown;
    };
    expect(sent.allowed_mentions).toEqual({ parse: [] });
    expect(sent.embeds[0]?.description).toContain(String.raw`\*bold\*`);
    expect(sent.embeds[0]?.description).toContain(String.raw`\@everyone`);
    await send('discord', { url: url('discord') }, storm());
    const many = receiver.json('discord').at(-1) as typeof sent;
    expect(many.embeds[0]?.title.length).toBeLessThanOrEqual(256);
    expect(many.embeds[0]?.description.length).toBeLessThanOrEqual(4096);
    expect(many.embeds[0]?.description).toMatch(/… and \d+ more$/);
  });

  it('Teams: an adaptive card whose texts are taken as they are, under 28 KB', async () => {
    await send('teams', { url: url('teams') }, one(NASTY));
    const sent = receiver.json('teams').at(-1) as {
      type: string;
      attachments: { contentType: string; content: { type: string; body: { type: string }[] } }[];
    };
    expect(sent.type).toBe('message');
    expect(sent.attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(sent.attachments[0]?.content.type).toBe('AdaptiveCard');
    expect(new Set(sent.attachments[0]?.content.body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
    await send('teams', { url: url('teams') }, storm());
    expect(receiver.of('teams').at(-1)?.body.length).toBeLessThan(28_000);
  });

  it('Telegram: HTML that holds none of a name, at most 4096 characters, the token only in the path', async () => {
    const settings = { server: url('telegram'), token: '12345:AbC-secret', chatId: '-1001' };
    for (const message of [one(NASTY), storm()]) {
      await send('telegram', settings, message);
      const [sent] = receiver.json('telegram').slice(-1) as { chat_id: string; text: string; parse_mode: string }[];
      expect(sent).toMatchObject({ chat_id: '-1001', parse_mode: 'HTML' });
      expect(sent?.text.length).toBeLessThanOrEqual(4096);
      expect(sent?.text.match(/<[^>]*>/g)?.filter((tag) => tag !== '<b>' && tag !== '</b>')).toEqual([]);
      expect(sent?.text.match(/<b>/g)?.length).toBe(sent?.text.match(/<\/b>/g)?.length);
    }
    expect(receiver.of('telegram').at(-1)?.path).toBe('/telegram/bot12345:AbC-secret/sendMessage');
    receiver.status('telegram', 429, {}, '{"ok":false,"parameters":{"retry_after":7}}');
    const error: unknown = await send('telegram', settings).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'NOTIFICATION_DEFERRED', context: { retryAfterSeconds: 7 } });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('AbC-secret');
    receiver.well('telegram');
  });

  it('ntfy: token, priority by severity or as set, at most 4000 bytes', async () => {
    const settings = { server: url('ntfy'), topic: 'my-topic', token: 'tk_secret' };
    await send('ntfy', settings, storm());
    expect(receiver.of('ntfy').at(-1)?.headers.authorization).toBe('Bearer tk_secret');
    const [sent] = receiver.json('ntfy').slice(-1) as { topic: string; priority: number; message: string }[];
    expect(sent).toMatchObject({ topic: 'my-topic', priority: 5 });
    expect(Buffer.byteLength(sent?.message ?? '')).toBeLessThanOrEqual(4000);
    await send('ntfy', { ...settings, priority: 2 });
    expect(receiver.json('ntfy').at(-1)).toMatchObject({ priority: 2 });
  });

  it('webhook: signed over time and body, as the documentation checks it', async () => {
    const secret = 'sixteen-characters-and-more';
    const message = one();
    await send('webhook', { url: url('webhook'), secret, token: 'abc' }, message);
    const got = receiver.of('webhook').at(-1);
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(got?.headers['backupd-signature'])) ?? [];
    expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${got?.body}`).digest('hex'));
    expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(60);
    expect(got?.headers).toMatchObject({ 'backupd-delivery': message.id, authorization: 'Bearer abc' });
    expect(receiver.json('webhook').at(-1)).toMatchObject({
      id: message.id,
      total: 1,
      items: [{ type: 'job.failed' }],
    });
  });

  it.each([
    [500, 'NOTIFICATION_DEFERRED'],
    [429, 'NOTIFICATION_DEFERRED'],
    [408, 'NOTIFICATION_DEFERRED'],
    [400, 'NOTIFICATION_REFUSED'],
    [404, 'NOTIFICATION_REFUSED'],
    [302, 'NOTIFICATION_REFUSED'],
  ])('HTTP %i is %s', async (status, code) => {
    receiver.status('odd', status, { location: 'http://127.0.0.1/other' });
    await expect(send('webhook', { url: url('odd') })).rejects.toMatchObject({ code });
  });

  it('a slow, a broken and an endless answer come to an end', async () => {
    receiver.answer('slow', () => undefined);
    const slow = senders.webhook.send(one(), { url: url('slow') }, { allow: ALLOW, timeoutMs: 100 });
    await expect(slow).rejects.toMatchObject({ code: 'OUTGOING_TIMEOUT' });
    receiver.answer('reset', (response) => response.socket?.resetAndDestroy());
    await expect(send('webhook', { url: url('reset') })).rejects.toMatchObject({ code: 'OUTGOING_FAILED' });
    receiver.answer('huge', (response) => response.end(Buffer.alloc(5_000_000, 'x')));
    expect((await send('webhook', { url: url('huge') })).length).toBeLessThan(70_000);
  });
});

describe('mail', () => {
  it('goes over STARTTLS with a login, as text and HTML, with what matters in both', async () => {
    const message = one('shop.example');
    expect(await send('email', mailTo(), message)).toMatch(/^SMTP 250/);
    expect(mail.log.slice(-2)).toEqual(['login secure', 'mail secure']);
    const got = mail.mails.at(-1);
    expect(got?.subject).toBe('shop.example: backup failed');
    expect(got?.messageId).toBe(`<${message.id}@backupd>`);
    const html = got?.html === false ? '' : (got?.html ?? '');
    for (const part of [
      'The disk is broken.',
      'Replace it.',
      `backupd jobs show ${message.items[0]?.jobId}`,
      'https://backup.example.com/jobs/',
    ]) {
      expect(got?.text).toContain(part);
      expect(html).toContain(part);
    }
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).not.toMatch(/<img|url\(|<script|<link/);
  });

  it('goes over TLS from the start, and in the clear where that is set', async () => {
    await send('email', mailTo({ port: mail.tlsPort, security: 'tls' }));
    expect(mail.log.slice(-2)).toEqual(['login secure', 'mail secure']);
    const { host, port, from, to } = mailTo();
    await send('email', { host, port, from, to, security: 'none' });
    expect(mail.log.at(-1)).toBe('mail in the clear');
  });

  it('no name breaks out of subject, header or HTML', async () => {
    await send('email', mailTo(), one(`${NASTY}\r\nBcc: evil@example.com`));
    const got = mail.mails.at(-1);
    expect(got?.headers.has('bcc')).toBe(false);
    const html = got?.html === false ? '' : (got?.html ?? '');
    expect(html).not.toContain('<b>');
    expect(html).toContain('&lt;b&gt;');
  });

  it.each<[string, Settings, string, string]>([
    ['a wrong password', { password: 'battery staple' }, 'NOTIFICATION_REFUSED', 'never'],
    ['an unknown address', { to: '550@example.com' }, 'NOTIFICATION_REFUSED', 'never'],
    ['a full mailbox', { to: '452@example.com' }, 'NOTIFICATION_DEFERRED', 'later'],
    ['a certificate of nobody', { ca: '' }, 'NOTIFICATION_DEFERRED', 'later'],
    ['a port where nobody listens', { port: 1 }, 'OUTGOING_FAILED', 'later'],
  ])('%s ends in %s', async (_what, more, code, retry) => {
    const { ca, ...rest } = mailTo(more);
    const error: unknown = await send('email', ca === '' ? rest : { ca, ...rest }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, retry });
  });

  it('never logs in without TLS, whatever the server offers', async () => {
    const before = mail.log.length;
    mail.plain.options.hideSTARTTLS = true;
    mail.plain.options.disabledCommands = ['STARTTLS'];
    const error: unknown = await send('email', mailTo()).catch((thrown: unknown) => thrown);
    mail.plain.options.disabledCommands = [];
    mail.plain.options.hideSTARTTLS = false;
    expect(error).toMatchObject({ code: 'NOTIFICATION_REFUSED', message: 'localhost has no STARTTLS.' });
    expect(mail.log.slice(before)).toEqual([]);
  });

  it('obeys the outgoing policy', async () => {
    for (const host of ['localhost', '127.0.0.1', '::ffff:127.0.0.1'])
      await expect(senders.email.send(one(), mailTo({ host }), { allow: [], timeoutMs: 2000 })).rejects.toMatchObject({
        code: 'OUTGOING_REFUSED',
      });
  });
});
