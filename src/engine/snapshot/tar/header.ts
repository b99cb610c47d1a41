import { aclText } from './acl-text.js';
import { paxKeyPart, paxRecord, paxTime } from './pax.js';
import { sparseMap, sparseMemberName, type Extent } from './sparse.js';

export const TAR_BLOCK = 512;

export type TarMemberType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo';

/** Everything a tar member says of itself. Paths and names are bytes. */
export interface TarMember {
  /** Relative, without a slash at the end. */
  path: Buffer;
  type: TarMemberType;
  /** Logical size; 0 for all but files. */
  size: number;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  user?: string;
  group?: string;
  mtimeNs: bigint;
  /** Target of a symlink; member path of a hard link's first name. */
  target?: Buffer;
  xattrs?: readonly { name: string; value: Buffer }[];
  /** Data extents of a sparse file, in order, apart, all but the last a multiple of 512 long. */
  extents?: readonly Extent[];
}

const TYPE_FLAGS: Readonly<Record<TarMemberType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  dir: '5',
  fifo: '6',
};
const NAME_BYTES = 100;
/** Only zeros from here on: names that would need the prefix field go into pax. */
const FIELDS_END = 345;
const OWNER_BYTES = 31;
const MAX_ID = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;
/** What a reader without pax sees for an id that does not fit: nobody. */
const ID_THAT_DOES_NOT_FIT = 65_534;
const ZERO_DIGIT = 0x30;
const CHECKSUM_AT = 148;
const TARGET_AT = 157;
const MAGIC_AT = 257;
const SLASH = Buffer.from('/');
const PAX_FOLDER = Buffer.from('PaxHeaders/');
const PAX_HEADER: UstarFields = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n };
const ZEROS = Buffer.alloc(TAR_BLOCK);
const CONSTANT_FIELDS = constantFields();

/** Zero bytes that follow so many bytes of content to fill the last block. */
export function tarPadding(size: number): Buffer {
  return ZEROS.subarray(0, (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** The two zero blocks that end an archive. */
export function endOfArchive(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK);
}

/** Bytes of content that follow the header (before padding): the extents of a sparse file, else all of it. */
export function tarContentSize(member: Pick<TarMember, 'type' | 'size' | 'extents'>): number {
  if (member.type !== 'file') return 0;
  return member.extents === undefined ? member.size : member.extents.reduce((sum, [, length]) => sum + length, 0);
}

/**
 * All that precedes a member's content: a pax extended header where ustar's fields can't say it, the ustar header, and
 * the map of a sparse file (GNU sparse 1.0). Names go into ustar's field as raw bytes where they fit, else into pax.
 */
export function tarHeader(member: TarMember): Buffer {
  const map = member.extents === undefined ? null : sparseMap(member.extents, member.size);
  const dataSize = tarContentSize(member) + (map?.length ?? 0);
  const path = member.type === 'dir' ? Buffer.concat([member.path, SLASH]) : member.path;
  const name = map === null ? path : sparseMemberName(path);
  const records = paxRecords(member, path, dataSize, map !== null);
  const body = records.length > 1 ? Buffer.concat(records) : (records[0] ?? null);
  const paxBytes = body === null ? 0 : TAR_BLOCK + Math.ceil(body.length / TAR_BLOCK) * TAR_BLOCK;
  // From Node's pool: memory of its own for each would cost more than all the rest here.
  const header = Buffer.allocUnsafe(paxBytes + TAR_BLOCK + (map?.length ?? 0)).fill(0);
  if (body !== null) {
    const shortName = Buffer.concat([PAX_FOLDER, lastComponent(member.path)]).subarray(0, NAME_BYTES);
    ustarBlock(header, PAX_HEADER, shortName, 'x', body.length);
    body.copy(header, TAR_BLOCK);
  }
  ustarBlock(header.subarray(paxBytes), member, name, TYPE_FLAGS[member.type], dataSize);
  map?.copy(header, paxBytes + TAR_BLOCK);
  return header;
}

function lastComponent(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

function paxRecords(member: TarMember, path: Buffer, dataSize: number, sparse: boolean): Buffer[] {
  const records: Buffer[] = [];
  const add = (key: string, value: string | Buffer): void => void records.push(paxRecord(key, value));
  if (sparse) {
    add('GNU.sparse.major', '1');
    add('GNU.sparse.minor', '0');
    add('GNU.sparse.name', path);
    add('GNU.sparse.realsize', String(member.size));
  } else if (path.length > NAME_BYTES) add('path', path);
  if (member.target !== undefined && member.target.length > NAME_BYTES) add('linkpath', member.target);
  if (dataSize > MAX_OCTAL_11) add('size', String(dataSize));
  if (member.uid > MAX_ID) add('uid', String(member.uid));
  if (member.gid > MAX_ID) add('gid', String(member.gid));
  if (!fitsOwner(member.user)) add('uname', member.user ?? '');
  if (!fitsOwner(member.group)) add('gname', member.group ?? '');
  if (!isUstarTime(member.mtimeNs)) add('mtime', paxTime(member.mtimeNs));
  for (const { name, value } of member.xattrs ?? []) {
    add(`SCHILY.xattr.${paxKeyPart(name)}`, value);
    const aclKind = /^system\.posix_acl_(access|default)$/.exec(name)?.[1];
    const text = aclKind === undefined ? null : aclText(value);
    if (text !== null) add(`SCHILY.acl.${aclKind}`, text);
  }
  return records;
}

function fitsOwner(name: string | undefined): boolean {
  return name === undefined || Buffer.byteLength(name) <= OWNER_BYTES;
}

function isUstarTime(ns: bigint): boolean {
  return ns >= 0n && ns % 1_000_000_000n === 0n && ns / 1_000_000_000n <= BigInt(MAX_OCTAL_11);
}

type UstarFields = Pick<TarMember, 'mode' | 'uid' | 'gid' | 'user' | 'group' | 'mtimeNs' | 'target'>;

/** Fills the first block of these zeros. */
function ustarBlock(block: Buffer, fields: UstarFields, name: Buffer, flag: string, size: number): void {
  CONSTANT_FIELDS.copy(block);
  const nameBytes = name.copy(block, 0, 0, NAME_BYTES);
  octal(block, 100, 7, fields.mode & 0o7777);
  octal(block, 108, 7, fields.uid > MAX_ID ? ID_THAT_DOES_NOT_FIT : fields.uid);
  octal(block, 116, 7, fields.gid > MAX_ID ? ID_THAT_DOES_NOT_FIT : fields.gid);
  octal(block, 124, 11, size > MAX_OCTAL_11 ? 0 : size);
  octal(
    block,
    136,
    11,
    isUstarTime(fields.mtimeNs) ? Number(fields.mtimeNs / 1_000_000_000n) : wholeSeconds(fields.mtimeNs),
  );
  block.write(flag, TARGET_AT - 1, 'latin1');
  const targetBytes = fields.target?.copy(block, TARGET_AT, 0, NAME_BYTES) ?? 0;
  if (fields.user !== undefined && fitsOwner(fields.user)) block.write(fields.user, 265);
  if (fields.group !== undefined && fitsOwner(fields.group)) block.write(fields.group, 297);
  // All else is zero.
  const sum =
    sumOf(block, 0, nameBytes) + sumOf(block, 100, TARGET_AT + targetBytes) + sumOf(block, MAGIC_AT, FIELDS_END);
  octal(block, CHECKSUM_AT, 6, sum);
  block[CHECKSUM_AT + 6] = 0;
}

function sumOf(block: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += block[at] ?? 0;
  return sum;
}

function constantFields(): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  // The checksum counts its own field as spaces.
  block.fill(0x20, CHECKSUM_AT, CHECKSUM_AT + 8);
  block.write('ustar\u000000', MAGIC_AT, 'latin1');
  octal(block, 329, 7, 0);
  octal(block, 337, 7, 0);
  return block;
}

function wholeSeconds(ns: bigint): number {
  const seconds = Number(ns / 1_000_000_000n);
  return seconds < 0 || seconds > MAX_OCTAL_11 ? 0 : seconds;
}

function octal(block: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    const above = Math.floor(rest / 8);
    block[place] = ZERO_DIGIT + rest - above * 8;
    rest = above;
  }
}
