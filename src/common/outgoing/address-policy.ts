import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Address, isWithin } from '../address-ranges.js';
import { outgoingRefused } from './outgoing.errors.js';

/** Of this host, of its link, of nobody, of many. Private networks are not here: mail and chat servers live there. */
const refusedRanges: ReadonlySet<string> = new Set(['loopback', 'linkLocal', 'unspecified', 'multicast', 'broadcast']);

/** Where clouds hand out credentials to whoever asks from the host, besides the link-local 169.254.169.254. */
const metadata: ReadonlySet<string> = new Set([
  'fd00:ec2:0:0:0:0:0:254',
  'fd20:ce:0:0:0:0:0:254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);

/** IPv6 ranges with an IPv4 address within, and where: what goes there may end at that address. */
const carriers: readonly { range: [ipaddr.IPv6, number]; at: number }[] = [
  { range: [ipaddr.IPv6.parse('::'), 96], at: 12 },
  { range: [ipaddr.IPv6.parse('::ffff:0:0'), 96], at: 12 },
  { range: [ipaddr.IPv6.parse('::ffff:0:0:0'), 96], at: 12 },
  { range: [ipaddr.IPv6.parse('64:ff9b::'), 96], at: 12 },
  { range: [ipaddr.IPv6.parse('64:ff9b:1::'), 48], at: 12 },
  { range: [ipaddr.IPv6.parse('2002::'), 16], at: 2 },
];

/**
 * Whether outgoing requests may go to the address: not to loopback, link-local, unspecified, multicast and metadata addresses, in
 * whatever form they are written, unless it lies in one of the ranges of `allow` (addresses or CIDR).
 */
export function mayReach(address: string, allow: readonly string[]): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) === 0) return false;
  const forms = formsOf(ipaddr.parse(bare));
  if (forms.some((form) => allow.some((range) => isWithin(form, range)))) return true;
  return forms.every((form) => !refusedRanges.has(form.range()) && !metadata.has(form.toNormalizedString()));
}

/** The address itself and the IPv4 address that it carries. */
function formsOf(address: Address): Address[] {
  if (address instanceof ipaddr.IPv4) return [address];
  const bytes = address.toByteArray();
  const carried = carriers.filter(({ range }) => address.match(range)).map(({ at }) => bytes.slice(at, at + 4));
  // `::` and `::1` are themselves, not 0.0.0.0 and 0.0.0.1 in another form; both are refused either way.
  return [address, ...carried.map((four) => new ipaddr.IPv4(four))];
}

/** Error: OUTGOING_REFUSED for an address (not a name) that may not be reached; names are checked when they are looked up. */
export function checkLiteral(host: string, allow: readonly string[]): void {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare.replace(/%.*$/, '')) !== 0 && !mayReach(bare, allow)) throw outgoingRefused(bare, bare);
}

/**
 * Looks names up for a connection and gives only the addresses that may be reached: what was checked is what is connected to, so a
 * name that answers differently the next time gains nothing. The connection fails with OUTGOING_REFUSED when none is left.
 */
export function guardedLookup(allow: readonly string[]): LookupFunction {
  return (host: string, options: LookupOptions, done: Parameters<LookupFunction>[2]): void => {
    resolve(host, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      if (error !== null) {
        done(error, '', 4);
        return;
      }
      const open = found.filter(({ address }) => mayReach(address, allow));
      const [first] = open;
      if (first === undefined) done(outgoingRefused(host, found[0]?.address ?? 'no address'), '', 4);
      else if (options.all === true) done(null, open);
      else done(null, first.address, first.family);
    });
  };
}
