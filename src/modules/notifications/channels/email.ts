import { AppError, errnoOf } from '../../../common/errors/index.js';
import { outgoingSocket } from '../../../common/outgoing/index.js';
import { ChannelKind } from '../notification.entity.js';
import { notificationDeferred, notificationRefused } from '../notifications.errors.js';
import { type ChannelSender, schema, type Settings, textOf, textSetting } from './channel-kind.js';
import { emailHtml } from './email-html.js';
import { plainText } from './text.js';

const DEFAULT_PORT = { starttls: 587, tls: 465, none: 25 } as const;

export const email: ChannelSender = {
  kind: ChannelKind.Email,
  title: 'E-mail (SMTP)',
  settingsSchema: schema(
    {
      host: { ...textSetting('Server', 'name of the SMTP server', 253), pattern: '^[A-Za-z0-9.:_-]+$' },
      port: {
        type: 'integer',
        title: 'Port',
        description: '587, 465 (tls) or 25 (none) when absent',
        minimum: 1,
        maximum: 65_535,
      },
      security: {
        type: 'string',
        title: 'Security',
        description: 'starttls (when absent; refused where the server has none), tls, or none',
        enum: ['starttls', 'tls', 'none'],
      },
      user: textSetting('User', 'where the server wants a login'),
      password: textSetting('Password', 'of the user'),
      from: textSetting('From', 'sender: backupd@example.com or backupd <backupd@example.com>'),
      to: textSetting('To', 'addresses, separated by ","', 2000),
      ca: textSetting('CA certificate', 'PEM; where the server has a certificate of your own authority', 20_000),
    },
    ['host', 'from', 'to'],
  ),
  secretSettings: ['password'],
  pings: false,
  faults(settings) {
    const faults = [];
    const [user, password] = [textOf(settings, 'user'), textOf(settings, 'password')];
    if ((user === '') !== (password === ''))
      faults.push({ field: 'settings.password', message: 'settings.user and settings.password go together' });
    if (user !== '' && settings['security'] === 'none')
      faults.push({
        field: 'settings.security',
        message: 'settings.security must not be none where a password is sent',
      });
    for (const name of ['from', 'to'])
      if (
        /[\r\n\0]/.test(textOf(settings, name)) ||
        !addressList(textOf(settings, name)).every((each) => ADDRESS.test(each))
      )
        faults.push({ field: `settings.${name}`, message: `settings.${name} must be e-mail addresses` });
    return faults;
  },
  async send(message, settings, transport) {
    // Loaded with the first mail only.
    const { createTransport } = await import('nodemailer');
    const security = securityOf(settings);
    const host = textOf(settings, 'host');
    const port = typeof settings['port'] === 'number' ? settings['port'] : DEFAULT_PORT[security];
    const connection = await outgoingSocket(host, port, transport);
    const [user, pass, ca] = [textOf(settings, 'user'), textOf(settings, 'password'), textOf(settings, 'ca')];
    const mailer = createTransport({
      host,
      port,
      connection,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { minVersion: 'TLSv1.2', ...(ca === '' ? {} : { ca }) },
      ...(user === '' ? {} : { auth: { user, pass } }),
      greetingTimeout: transport.timeoutMs,
      socketTimeout: transport.timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const stop = (): void => void connection.destroy();
    const limit = AbortSignal.timeout(transport.timeoutMs * 2);
    const ended = transport.signal === undefined ? limit : AbortSignal.any([limit, transport.signal]);
    ended.addEventListener('abort', stop, { once: true });
    try {
      const sent = await mailer.sendMail({
        from: textOf(settings, 'from'),
        to: addressList(textOf(settings, 'to')),
        subject: message.title,
        text: plainText(message),
        html: emailHtml(message),
        // The same for each try: a mailbox that got it twice can tell.
        messageId: `<${message.id}@backupd>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Backupd-Severity': message.severity },
        ...(message.severity === 'critical' && !message.good ? { priority: 'high' as const } : {}),
      });
      return `SMTP ${sent.response}`;
    } catch (error) {
      throw smtpError(error, host);
    } finally {
      ended.removeEventListener('abort', stop);
      mailer.close();
      connection.destroy();
    }
  },
};

const ADDRESS = /^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;

const addressList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function securityOf(settings: Settings): keyof typeof DEFAULT_PORT {
  const given = settings['security'];
  return given === 'tls' || given === 'none' ? given : 'starttls';
}

/** 4xx answers pass; 5xx answers and refused logins do not; what breaks the connection does. */
function smtpError(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error;
  const code = errnoOf(error) ?? '';
  const answer = said(error);
  const status = answer === null ? 0 : Number(answer.slice(0, 3));
  const shown = answer === null ? '' : `SMTP ${answer}`;
  if (code === 'EAUTH' && !(status >= 400 && status < 500))
    return notificationRefused(`${host} refused the login.`, shown, 'Check user and password of the channel.');
  if (code === 'ETLS' && status >= 500)
    return notificationRefused(
      `${host} has no STARTTLS.`,
      shown,
      'Set `security` to tls (port 465), or to none without a login.',
    );
  if (status >= 500)
    return notificationRefused(
      `${host} refused the mail (${status}).`,
      shown,
      'Its answer says why; check sender and addresses.',
    );
  if (code === 'ETLS' || code === 'ESOCKET')
    return notificationDeferred(`The secure connection to ${host} failed: ${errorText(error)}.`, shown, null);
  if (status >= 400) return notificationDeferred(`${host} did not take the mail now (${status}).`, shown, null);
  return notificationDeferred(`The mail could not be handed to ${host}: ${errorText(error)}.`, shown, null);
}

function said(error: unknown): string | null {
  if (!(error instanceof Error) || !('response' in error) || typeof error.response !== 'string') return null;
  return /^\d{3}/.test(error.response) ? error.response : null;
}

const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, '');
