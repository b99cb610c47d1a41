import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTempFolder } from '../../../../engine/testing/index.js';
import { Kind } from './columns.js';
import { longestRow, renderLongRow, renderRow } from './render.js';
import { LONGEST_PACKET, MOST_COLUMNS, readLength, Wire } from './wire.js';

const folder = useTempFolder('rows');

/** A value as the protocol writes it. */
function value(content: Buffer | null): Buffer {
  if (content === null) return Buffer.of(0xfb);
  const { length } = content;
  if (length < 0xfb) return Buffer.concat([Buffer.of(length), content]);
  const head = Buffer.alloc(length < 0x10000 ? 3 : 9);
  head[0] = length < 0x10000 ? 0xfc : 0xfe;
  if (length < 0x10000) head.writeUInt16LE(length, 1);
  else head.writeBigUInt64LE(BigInt(length), 1);
  return Buffer.concat([head, content]);
}

/** A payload as packets. */
function packets(payload: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; at += LONGEST_PACKET) {
    const body = payload.subarray(at, at + LONGEST_PACKET);
    const head = Buffer.alloc(4);
    head.writeUIntLE(body.length, 0, 3);
    parts.push(head, body);
    if (body.length < LONGEST_PACKET) return Buffer.concat(parts);
  }
}

function reading<T>(bytes: Buffer, bufferBytes: number, use: (wire: Wire) => T): T {
  const path = join(folder(), 'wire');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r+');
  try {
    return use(new Wire(fd, bufferBytes));
  } finally {
    closeSync(fd);
  }
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function short(values: (Buffer | null)[], kinds: number[]): string {
  const payload = Buffer.concat(values.map(value));
  const out = Buffer.alloc(longestRow(payload.length, kinds.length));
  return out.toString('latin1', 0, renderRow(payload, 0, payload.length, Uint8Array.from(kinds), out, 0));
}

function long(values: (Buffer | null)[], kinds: number[], outBytes = 4096): string {
  return reading(packets(Buffer.concat(values.map(value))), 8192, (wire) => {
    const parts: string[] = [];
    const ends: boolean[] = [];
    const out = Buffer.alloc(outBytes);
    renderLongRow(wire, wire.header(), Uint8Array.from(kinds), out, (part, last) => {
      parts.push(part.toString('latin1'));
      ends.push(last);
    });
    expect(ends.indexOf(true)).toBe(ends.length - 1);
    return parts.join('');
  });
}

describe('a row', () => {
  it('has what the client library escapes, and nothing else', () => {
    const escaped = everyByte
      .toString('latin1')
      // oxlint-disable-next-line no-control-regex -- these are the characters
      .replaceAll(/[\0\n\r\u001a'"\\]/g, (c) => `\\${{ '\0': '0', '\n': 'n', '\r': 'r', '\u001A': 'Z' }[c] ?? c}`);
    expect(short([everyByte], [Kind.text])).toBe(`('${escaped}')`);
  });

  it('has NULL for what is NULL and for numbers that no literal says, and tells empty text from it', () => {
    const numbers = ['nan', 'inf', '-inf', '-1', '1e300'].map((text) => Buffer.from(text));
    const empty = Buffer.alloc(0);
    expect(short([...numbers, null, empty, empty, empty], [0, 0, 0, 0, 0, 0, Kind.text, Kind.hex, Kind.number])).toBe(
      "(NULL,NULL,NULL,-1,1e300,NULL,'','','')",
    );
    expect(short([Buffer.from('1.5'), Buffer.of(0, 0xab)], [Kind.decimal, Kind.hex])).toBe("('1.5',0x00AB)");
  });

  it('is the same when it is too long for memory', () => {
    const text = Buffer.concat(Array.from({ length: 90 }, () => everyByte));
    const kinds = [Kind.number, Kind.text, Kind.hex, Kind.text, Kind.decimal, Kind.number, Kind.hex];
    const values = [Buffer.from('12'), text, text, null, Buffer.from('1.5'), Buffer.from('-inf'), Buffer.alloc(0)];
    expect(long(values, kinds)).toBe(short(values, kinds));
    expect(long([...values].toReversed(), [...kinds].toReversed())).toBe(
      short([...values].toReversed(), [...kinds].toReversed()),
    );
  });

  it.each([-10, -9, -8, 0])('may end just where a packet does (%i)', (more) => {
    const values = [Buffer.alloc(LONGEST_PACKET + more, 'a'), null];
    expect(long(values, [Kind.text, Kind.number], 1 << 20)).toBe(`('${'a'.repeat(LONGEST_PACKET + more)}',NULL)`);
  });

  it('that does not fit its columns is refused', () => {
    const one = Buffer.from('x');
    expect(() => short([one, one], [Kind.text])).toThrow(/more values/);
    expect(() => short([one], [Kind.text, Kind.text])).toThrow(/longer than its row|more values/);
    expect(() => long([one, one], [Kind.text])).toThrow(/more values/);
    expect(() => long([one], [Kind.text, Kind.text])).toThrow(/ends within/);
  });
});

const answer = (payload: Buffer): (() => unknown) => {
  // The statement is written over the beginning of the file; what is read comes behind it.
  const statement = 4 + 1 + 'SELECT 1'.length;
  const bytes = Buffer.concat([Buffer.alloc(statement), packets(payload)]);
  return () => reading(bytes, 4096, (wire) => wire.query('SELECT 1'));
};

describe('a server', () => {
  it('that reports an error is quoted, with its number', () => {
    const error = Buffer.concat([Buffer.of(0xff, 0x84, 0x05), Buffer.from('#42S02No such table')]);
    expect(answer(error)).toThrow(expect.objectContaining({ errno: 0x584, message: 'No such table' }) as Error);
  });

  it('that asks for a file of this host, or answers with nonsense, gets nothing', () => {
    expect(answer(Buffer.from('\u00FB/etc/passwd', 'latin1'))).toThrow(/asks for a file/);
    const columns = Buffer.alloc(5);
    columns[0] = 0xfd;
    columns.writeUIntLE(MOST_COLUMNS + 1, 1, 3);
    expect(answer(columns)).toThrow(/65536 columns/);
    expect(answer(Buffer.alloc(LONGEST_PACKET, 1))).toThrow(/too long/);
  });

  it('may have definitions longer than the buffer', () => {
    const packet = Buffer.alloc(9000, 'x');
    reading(packets(packet), 4096, (wire) => expect(wire.shortPacket().equals(packet)).toBe(true));
  });

  it('that goes away is said so', () => {
    expect(() => reading(Buffer.alloc(13), 4096, (wire) => wire.query('SELECT 1'))).toThrow(
      expect.objectContaining({ errno: 2013 }) as Error,
    );
  });
});

it('lengths are read in all their forms', () => {
  expect(readLength(Buffer.of(0xfa), 0)).toEqual({ value: 250, next: 1 });
  expect(readLength(Buffer.of(0xfb), 0)).toEqual({ value: -1, next: 1 });
  expect(readLength(Buffer.of(0xfc, 1, 2), 0)).toEqual({ value: 0x201, next: 3 });
  expect(readLength(Buffer.of(0xfd, 1, 2, 3), 0)).toEqual({ value: 0x30201, next: 4 });
  expect(readLength(Buffer.of(0, 0xfe, 1, 2, 3, 0, 0, 0, 0, 0), 1)).toEqual({ value: 0x30201, next: 10 });
});
