import { bytes, duration } from '../lib/format.ts';

/** A size: `1.4 GB`, with the exact bytes as its title. */
export function Bytes({ value }: { value: number | null | undefined }) {
  return <span {...(value === null || value === undefined ? {} : { title: `${value} bytes` })}>{bytes(value)}</span>;
}

/** A time that something took: `3 min 20 s`. */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  return <span>{duration(seconds)}</span>;
}
