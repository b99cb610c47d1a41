import { expect, it } from 'vitest';
import { ClientAddresses } from './client-address.js';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as Parameters<ClientAddresses['of']>[0];

it('believes X-Forwarded-For only from trusted proxies, and only what they wrote', () => {
  const trusting = new ClientAddresses(['10.0.0.0/8', '::1']);
  expect(new ClientAddresses([]).of(from('10.0.0.1', '1.2.3.4'))).toBe('10.0.0.1');
  expect(trusting.of(from('192.0.2.9', '1.2.3.4'))).toBe('192.0.2.9');
  expect(trusting.of(from('::ffff:10.0.0.1', '6.6.6.6, 1.2.3.4'))).toBe('1.2.3.4');
  expect(trusting.of(from('::1', '6.6.6.6, 1.2.3.4, 10.9.9.9'))).toBe('1.2.3.4');
  expect(trusting.of(from('10.0.0.1'))).toBe('10.0.0.1');
  expect(trusting.of(from('10.0.0.1', 'rubbish'))).toBe('10.0.0.1');
});
