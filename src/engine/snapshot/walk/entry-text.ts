import { deviceNumber, type StatBuffer } from '../../native/folder-calls.js';
import type { RecordWriter } from './record.js';

const ZERO = 0x30;
const BILLION = 1_000_000_000;
const MAX_DIGITS = 20;

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const AFTER_PATH = {
  file: ascii(',"type":"file","size":'),
  other: {
    dir: ascii(',"type":"dir","size":0'),
    symlink: ascii(',"type":"symlink","size":0'),
    fifo: ascii(',"type":"fifo","size":0'),
  },
};
const CTIME = ascii('","ctime":"');
const INODE = ascii('","inode":"');

/** Writes the facts of an entry as JSON text, in the order in which every entry's line has them. */
export class EntryText {
  private owner = { mode: -1, uid: -1, gid: -1, text: ascii('') };
  private device = { major: -1, minor: -1, text: ascii('') };

  constructor(
    private readonly out: RecordWriter,
    private readonly stat: StatBuffer,
  ) {}

  /** Type, size, mode, owner, times, inode and device; at most 300 bytes, for which there must be room. */
  write(type: 'file' | 'dir' | 'symlink' | 'fifo'): void {
    const { stat } = this;
    if (type === 'file') {
      this.append(AFTER_PATH.file);
      this.decimal(stat.size);
    } else this.append(AFTER_PATH.other[type]);
    this.append(this.ownerText());
    this.nanoseconds(stat.modifiedSeconds, stat.modifiedNanoseconds);
    this.append(CTIME);
    this.nanoseconds(stat.changedSeconds, stat.changedNanoseconds);
    this.append(INODE);
    if (stat.inodeHigh < 2 ** 20) this.decimal(stat.inodeLow + stat.inodeHigh * 2 ** 32);
    else this.append(ascii(String(stat.inode)));
    this.append(this.deviceText());
  }

  append(bytes: Uint8Array): void {
    this.out.bytes.set(bytes, this.out.at);
    this.out.at += bytes.length;
  }

  private ownerText(): Uint8Array {
    const { mode, uid, gid } = this.stat;
    if (this.owner.mode !== mode || this.owner.uid !== uid || this.owner.gid !== gid) {
      const text = ascii(`,"mode":${mode & 0o7777},"uid":${uid},"gid":${gid},"mtime":"`);
      this.owner = { mode, uid, gid, text };
    }
    return this.owner.text;
  }

  private deviceText(): Uint8Array {
    const { deviceMajor: major, deviceMinor: minor } = this.stat;
    if (this.device.major !== major || this.device.minor !== minor)
      this.device = { major, minor, text: ascii(`","dev":"${deviceNumber(major, minor)}"`) };
    return this.device.text;
  }

  private nanoseconds(seconds: number, nanoseconds: number): void {
    if (seconds <= 0) {
      this.append(ascii(String(BigInt(seconds) * BigInt(BILLION) + BigInt(nanoseconds))));
      return;
    }
    this.decimal(seconds);
    this.digits(nanoseconds, 9);
  }

  /** A whole number from 0 to 2^53. */
  private decimal(value: number): void {
    if (value < BILLION) this.digits(value, lengthOf(value));
    else {
      const high = Math.floor(value / BILLION);
      this.digits(high, lengthOf(high));
      this.digits(value - high * BILLION, 9);
    }
  }

  private digits(value: number, count: number): void {
    const { bytes, at } = this.out;
    let rest = value;
    for (let i = at + count - 1; i >= at; i -= 1) {
      const next = Math.floor(rest / 10);
      bytes[i] = ZERO + (rest - next * 10);
      rest = next;
    }
    this.out.at = at + count;
  }
}

function lengthOf(value: number): number {
  let length = 1;
  for (let limit = 10; length < MAX_DIGITS && value >= limit; limit *= 10) length += 1;
  return length;
}
