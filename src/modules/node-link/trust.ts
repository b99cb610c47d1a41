import type { Agent, AgentOptions, ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext, TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { isWithin } from '../../common/address-ranges.js';
import { parseFingerprint } from '../../common/fingerprint.js';
import { masterNotSecure, masterUntrusted, masterUrlInvalid } from './node-link.errors.js';

// An import would read all the module's exports, and with them load `fetch` and WebSocket.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Where the master answers and by what it is trusted. */
export interface MasterPlace {
  url: string;
  /** Certificates (PEM) that alone are trusted; null = those of this host. */
  ca: string | null;
  /** SHA-256 of the one certificate that is trusted, self-signed or not; 64 hex digits. */
  fingerprint: string | null;
  /** Whether plain http may go to another host. */
  allowHttp: boolean;
}

/** The place's URL, without a slash at its end. Errors: MASTER_URL_INVALID, MASTER_NOT_SECURE. */
export function checkedUrl({ url, ca, fingerprint, allowHttp }: MasterPlace): URL {
  const found = URL.canParse(url) ? new URL(url) : null;
  if (found === null || !['https:', 'http:'].includes(found.protocol))
    throw masterUrlInvalid('is no URL that starts with https://');
  if (found.username !== '' || found.password !== '' || found.search !== '' || found.hash !== '')
    throw masterUrlInvalid('may have a host, a port and a path, and nothing else');
  found.pathname = found.pathname.replace(/\/+$/, '');
  if (found.protocol === 'https:') return found;
  if (ca !== null || fingerprint !== null)
    throw masterUrlInvalid('is plain http, which has no certificate to be checked');
  if (!allowHttp && !isLoopback(found.hostname)) throw masterNotSecure(found.host);
  return found;
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  return ['127.0.0.0/8', '::1'].some((range) => isWithin(ipaddr.parse(bare), range));
}

const KEPT: AgentOptions = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 8, scheduling: 'lifo' };

/** Connections to the master, kept for the next request, each checked before anything is sent over it. */
export function masterAgent(place: MasterPlace): Agent {
  const url = checkedUrl(place);
  if (url.protocol === 'http:') return new http.Agent(KEPT);
  if (place.fingerprint !== null) return new PinnedAgent(place.fingerprint, url.host);
  return new https.Agent({ ...KEPT, secureContext: place.ca === null ? hostContext() : contextOf([place.ca]) });
}

/** Connections to a storage: the host's authorities and these. */
export function storageAgent(protocol: string, ca: string | null): Agent {
  if (protocol === 'http:') return new http.Agent(KEPT);
  return new https.Agent({
    ...KEPT,
    secureContext: ca === null ? hostContext() : contextOf([...hostAuthorities(), ca]),
  });
}

/** Trusts one certificate, whoever signed it. No request gets the connection before it is checked. */
class PinnedAgent extends https.Agent {
  constructor(
    private readonly fingerprint: string,
    private readonly where: string,
  ) {
    // No session is taken up again: each connection shows the certificate itself.
    super({ ...KEPT, maxCachedSessions: 0, rejectUnauthorized: false });
  }

  override createConnection(
    options: ClientRequestArgs,
    done?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options);
    if (!(socket instanceof TLSSocket) || done === undefined) throw new Error('https gave no TLS connection');
    const failed = (error: Error): void => done(error, socket);
    socket.once('error', failed).once('secureConnect', () => {
      socket.off('error', failed);
      const shown = parseFingerprint(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
      if (shown === this.fingerprint) {
        done(null, socket);
        return;
      }
      socket.destroy();
      done(masterUntrusted(this.where, 'its certificate is not the one that is pinned', shown ?? 'none'), socket);
    });
    return undefined;
  }
}

let known: SecureContext | null = null;

/** Made once: it reads some hundred certificates. */
function hostContext(): SecureContext {
  known ??= contextOf(hostAuthorities());
  return known;
}

const contextOf = (ca: string[]): SecureContext => createSecureContext({ ca });

/** What the host trusts (with NODE_EXTRA_CA_CERTS); where it says nothing, what Node brings. */
function hostAuthorities(): string[] {
  const ofHost = getCACertificates('system');
  return ofHost.length === 0 ? getCACertificates('default') : [...ofHost, ...getCACertificates('extra')];
}
