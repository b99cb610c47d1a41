import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isWithin } from '../address-ranges.js';

/** Where requests come from. `X-Forwarded-For` is believed only as far as trusted proxies wrote it. */
export class ClientAddresses {
  /** `proxies`: addresses or CIDR ranges of the trusted proxies. */
  constructor(private readonly proxies: readonly string[]) {}

  /** The caller's address; of an IPv4 caller always in its IPv4 form. */
  of(request: Pick<IncomingMessage, 'headers' | 'socket'>): string {
    const direct = plain(request.socket.remoteAddress ?? 'unknown');
    const header = request.headers['x-forwarded-for'];
    // The last one was added by the proxy next to us; what comes before may be anybody's invention.
    const hops = [header ?? []].flat().join(',').split(',');
    let address = direct;
    while (this.#isProxy(address)) {
      const before = plain(hops.pop()?.trim() ?? '');
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  /** Whether the caller's end of the way is encrypted: TLS ends here, or a trusted proxy says that it ended there. */
  isSecure(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
    if ('encrypted' in request.socket) return true;
    const said = [request.headers['x-forwarded-proto'] ?? []].flat().join(',').split(',').pop()?.trim();
    return said === 'https' && this.#isProxy(plain(request.socket.remoteAddress ?? ''));
  }

  #isProxy(address: string): boolean {
    return isIP(address) !== 0 && this.proxies.some((range) => isWithin(ipaddr.parse(address), range));
  }
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
