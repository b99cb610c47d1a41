const NEWLINE = Buffer.from('\n');

/** One pax record `<length> <key>=<value>\n`; the value is any bytes. */
export function paxRecord(key: string, value: string | Buffer): Buffer {
  if (typeof value === 'string') {
    const text = ` ${key}=${value}\n`;
    return Buffer.from(`${recordLength(Buffer.byteLength(text))}${text}`);
  }
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, NEWLINE]);
  return Buffer.concat([Buffer.from(String(recordLength(body.length))), body]);
}

/** The length of a record counts its own digits. */
function recordLength(rest: number): number {
  const digits = String(rest).length;
  return rest + (String(rest + digits).length > digits ? digits + 1 : digits);
}

/** Nanoseconds as pax seconds: `1700000000.000000001`, `-1.5`, without trailing zeros. */
export function paxTime(ns: bigint): string {
  const magnitude = ns < 0n ? -ns : ns;
  const fraction = String(magnitude % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An attribute's name as part of a pax key, the way GNU tar escapes it. */
export function paxKeyPart(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D');
}
