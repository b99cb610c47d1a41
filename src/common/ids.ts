import { v7, validate } from 'uuid';

/** A new UUIDv7: sorts by time of creation. */
export function newId(): string {
  return v7();
}

/** Whether the text is a UUID of any version. */
export function isId(text: string): boolean {
  return validate(text);
}
