const NEWLINE = Buffer.from('\n');

/** One pax record `<length> <key>=<value>\n`; the value is any bytes. */
export function paxRecord(key: string, value: string | Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from(` ${key}=`),
    typeof value === 'string' ? Buffer.from(value) : value,
    NEWLINE,
  ]);
  // The length counts its own digits.
  let digits = String(body.length).length;
  if (String(body.length + digits).length > digits) digits += 1;
  return Buffer.concat([Buffer.from(String(body.length + digits)), body]);
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
