import type { ContentLocation } from '../manifest/index.js';

/** SHA-256, stored size, bundle, offset, length, skip, length of the member's name, whether it is base64. */
export const RECORD_HEADER_BYTES = 32 + 5 * 8 + 3;
const SIZE_AT = 32;
const BUNDLE_AT = 40;
const OFFSET_AT = 48;
const LENGTH_AT = 56;
const SKIP_AT = 64;
const NAME_LENGTH_AT = 72;
const BASE64_AT = 74;
/** A longer member name (only a path of tens of thousands of bytes has one) is not worth knowing. */
export const MAX_NAME_BYTES = 0xffff;

export interface KnownRecord {
  sha256: Buffer;
  size: number;
  location: ContentLocation;
}

/** The record of a piece of content: fixed header, then the member's name. Null when the name is too long. */
export function encodeRecord({ sha256, size, location }: KnownRecord): Buffer | null {
  const isText = location.member !== undefined;
  const name = isText ? Buffer.from(location.member ?? '') : Buffer.from(location.memberBase64 ?? '', 'base64');
  if (name.length === 0 || name.length > MAX_NAME_BYTES) return null;
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + name.length);
  sha256.copy(record, 0, 0, 32);
  record.writeDoubleLE(size, SIZE_AT);
  record.writeDoubleLE(location.bundle, BUNDLE_AT);
  record.writeDoubleLE(location.offset, OFFSET_AT);
  record.writeDoubleLE(location.length, LENGTH_AT);
  record.writeDoubleLE(location.skip, SKIP_AT);
  record.writeUInt16LE(name.length, NAME_LENGTH_AT);
  record.writeUInt8(isText ? 0 : 1, BASE64_AT);
  name.copy(record, RECORD_HEADER_BYTES);
  return record;
}

/** Length of the name that follows a record's header. */
export function recordNameLength(header: Buffer): number {
  return header.readUInt16LE(NAME_LENGTH_AT);
}

/** Whether the record is that of this content. */
export function recordIs(header: Buffer, sha256: Buffer, size: number): boolean {
  return header.readDoubleLE(SIZE_AT) === size && sha256.compare(header, 0, 32) === 0;
}

export function recordLocation(header: Buffer, name: Buffer): ContentLocation {
  const member =
    header.readUInt8(BASE64_AT) === 0 ? { member: name.toString('utf8') } : { memberBase64: name.toString('base64') };
  return {
    bundle: header.readDoubleLE(BUNDLE_AT),
    offset: header.readDoubleLE(OFFSET_AT),
    length: header.readDoubleLE(LENGTH_AT),
    skip: header.readDoubleLE(SKIP_AT),
    ...member,
  };
}
