import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { libc } from './libc.js';
import { PosixError } from './posix.js';

const cFcntl = libc.func('int fcntl(int fd, int command, int value)');
const cShutdown = libc.func('int shutdown(int fd, int how)');

const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
const O_NONBLOCK = 0o4000;
const SHUT_RDWR = 2;

/**
 * Takes a connected, idle socket away from Node: gives a descriptor of the connection whose reads and writes wait, for a thread
 * that has nothing else to do. The caller closes it; the socket itself is destroyed. Null, and nothing done, for a socket that
 * has no descriptor to give: bytes of TLS go through Node, and a closed one has none.
 */
export function takeConnection(socket: Socket): number | null {
  const fd = socket instanceof TLSSocket ? null : descriptorOf(socket);
  if (fd === null) return null;
  const own = Number(cFcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (own < 0) throw new PosixError('fcntl');
  socket.destroy();
  cFcntl(own, F_SETFL, Number(cFcntl(own, F_GETFL, 0)) & ~O_NONBLOCK);
  return own;
}

/** Ends a connection for good, also under a thread that waits in a read of it: that read then gives nothing. */
export function shutDown(fd: number): void {
  cShutdown(fd, SHUT_RDWR);
}

function descriptorOf(socket: object): number | null {
  // oxlint-disable-next-line no-underscore-dangle -- Node has no public name for it
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  const fd = typeof handle === 'object' && handle !== null && 'fd' in handle ? handle.fd : null;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}
