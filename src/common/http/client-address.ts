import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Where requests come from. `X-Forwarded-For` is believed only as far as trusted proxies wrote it. */
export class ClientAddresses {
  readonly #proxies = new BlockList();

  /** Addresses or CIDR ranges of the trusted proxies. */
  constructor(proxies: readonly string[]) {
    for (const range of proxies) {
      const [address = '', prefix] = range.split('/');
      const family = familyOf(address);
      if (prefix === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(prefix), family);
    }
  }

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

  #isProxy(address: string): boolean {
    return isIP(address) !== 0 && this.#proxies.check(address, familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
