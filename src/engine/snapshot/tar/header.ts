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
const SLASH = Buffer.from('/');
const ZEROS = Buffer.alloc(TAR_BLOCK);

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
  const parts: Buffer[] = [];
  if (records.length > 0) {
    const body = Buffer.concat(records);
    const shortName = Buffer.concat([Buffer.from('PaxHeaders/'), lastComponent(member.path)]).subarray(0, NAME_BYTES);
    parts.push(
      ustarBlock({ name: shortName, flag: 'x', size: body.length, mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }),
      body,
      tarPadding(body.length),
    );
  }
  parts.push(ustarBlock({ ...member, name, flag: TYPE_FLAGS[member.type], size: dataSize }));
  if (map !== null) parts.push(map);
  return Buffer.concat(parts);
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

type UstarFields = Pick<TarMember, 'size' | 'mode' | 'uid' | 'gid' | 'user' | 'group' | 'mtimeNs' | 'target'> & {
  name: Buffer;
  flag: string;
};

function ustarBlock(fields: UstarFields): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  fields.name.copy(block, 0, 0, NAME_BYTES);
  octal(block, 100, 7, fields.mode & 0o7777);
  octal(block, 108, 7, fields.uid > MAX_ID ? ID_THAT_DOES_NOT_FIT : fields.uid);
  octal(block, 116, 7, fields.gid > MAX_ID ? ID_THAT_DOES_NOT_FIT : fields.gid);
  octal(block, 124, 11, fields.size > MAX_OCTAL_11 ? 0 : fields.size);
  octal(
    block,
    136,
    11,
    isUstarTime(fields.mtimeNs) ? Number(fields.mtimeNs / 1_000_000_000n) : wholeSeconds(fields.mtimeNs),
  );
  block.write(fields.flag, 156, 'latin1');
  fields.target?.copy(block, 157, 0, NAME_BYTES);
  block.write('ustar\u000000', 257, 'latin1');
  if (fields.user !== undefined && fitsOwner(fields.user)) block.write(fields.user, 265);
  if (fields.group !== undefined && fitsOwner(fields.group)) block.write(fields.group, 297);
  octal(block, 329, 7, 0);
  octal(block, 337, 7, 0);
  // The checksum counts its own field as spaces.
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (let at = 0; at < FIELDS_END; at += 1) sum += block[at] ?? 0;
  octal(block, 148, 6, sum);
  block[154] = 0;
  return block;
}

function wholeSeconds(ns: bigint): number {
  const seconds = Number(ns / 1_000_000_000n);
  return seconds < 0 || seconds > MAX_OCTAL_11 ? 0 : seconds;
}

function octal(block: Buffer, at: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
}
