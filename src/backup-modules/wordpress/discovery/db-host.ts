import type { MySqlCredentials } from '../types.js';

/**
 * `DB_HOST` as WordPress takes it (`wpdb::parse_db_host` and mysqli): `host`, `host:port`, `host:/socket`, `:/socket`,
 * `[v6]:port`, bare IPv6, `p:` for persistent connections. `localhost` and nothing mean the client's default socket
 * (host and socketPath null). Null when WordPress itself could not read it.
 */
export function parseDbHost(value: string): Pick<MySqlCredentials, 'host' | 'port' | 'socketPath'> | null {
  let host = value.startsWith('p:') ? value.slice(2) : value;
  let socketPath: string | null = null;
  const at = host.indexOf(':/');
  if (at >= 0) {
    socketPath = host.slice(at + 1);
    host = host.slice(0, at);
  }
  const isIpv6 = host.split(':').length > 2;
  const match = isIpv6 ? /^\[?([0-9a-fA-F:]+)(?:\]:(\d+))?/.exec(host) : /^([^:/]*)(?::(\d+))?/.exec(host);
  if (match === null) return null;
  // PHP's empty() counts "0" as nothing, too.
  const name = match[1] === undefined || match[1] === '0' ? '' : match[1];
  const port = match[2] === undefined || Number(match[2]) === 0 ? null : Number(match[2]);
  if (port !== null && port > 65_535) return null;
  // mysqli takes a socket only for localhost; a named host is reached by TCP whatever stands behind it.
  if (name === '' || name.toLowerCase() === 'localhost') return { host: null, port: null, socketPath };
  return { host: name, port, socketPath: null };
}
