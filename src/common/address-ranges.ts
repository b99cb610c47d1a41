import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Whether the address lies in the range: an address, or one with a prefix (CIDR). An IPv4 address is never in an IPv6 range. */
export function isWithin(address: Address, range: string): boolean {
  const [network = '', prefix] = range.split('/');
  if (isIP(network) === 0) return false;
  const base = ipaddr.parse(network);
  const bits = prefix === undefined ? base.toByteArray().length * 8 : Number(prefix);
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}

/** An IPv4 address; of IPv6 the /64, of which whoever has one address has all. */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return isIP(bare) === 6 ? `${ipaddr.IPv6.networkAddressFromCIDR(`${bare}/64`).toString()}/64` : address;
}
