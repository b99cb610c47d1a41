import { writevSync } from 'node:fs';
import { freeBuffer } from '../../native/free-buffer.js';
import { compressFrameSync } from '../zstd/compress.js';
import { MEDIA_FRAME_BYTES, TEXT_FRAME_BYTES } from '../zstd/layout.js';
import { storedFrame, storedFrameSize } from '../zstd/stored-frame.js';
import type { Turn } from './turn.js';

/** Compressed bytes that a task may hold before it must wait for its turn. */
const MAX_PENDING_BYTES = 4 * MEDIA_FRAME_BYTES;

/** The bundle could not be written; the cause says why. */
export class BundleWriteFailed extends Error {
  constructor(cause: unknown) {
    super(`the bundle can't be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'BundleWriteFailed';
  }
}

/** Buffers that a worker uses again and again. */
export interface FrameBuffers {
  input: Buffer;
  /** Holds the stored frames of one batch. */
  stored: Buffer;
}

export function createFrameBuffers(): FrameBuffers {
  return {
    input: Buffer.allocUnsafeSlow(TEXT_FRAME_BYTES),
    stored: Buffer.allocUnsafeSlow(MAX_PENDING_BYTES + 2 * storedFrameSize(MEDIA_FRAME_BYTES)),
  };
}

/** A place in a task's decompressed frames. */
export interface FramePosition {
  frame: number;
  skip: number;
}

export interface FrameOutputOptions {
  fd: number;
  turn: Turn;
  seq: number;
  stored: boolean;
  level: number;
  buffers: FrameBuffers;
}

/**
 * Cuts a task's tar bytes into frames, compresses or stores them, and writes them at the task's place in the bundle.
 * The place is taken as late as possible, so that tasks compress side by side.
 */
export class FrameOutput {
  private readonly capacity: number;
  private used = 0;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private storedUsed = 0;
  private readonly sizes: number[] = [];
  private firstOffset: number | null = null;
  private writtenBytes = 0;
  private reserved: number | null = null;
  private passed = false;

  constructor(private readonly options: FrameOutputOptions) {
    this.capacity = options.stored ? MEDIA_FRAME_BYTES : TEXT_FRAME_BYTES;
  }

  /** Where the next byte will be. */
  get position(): FramePosition {
    return { frame: this.sizes.length / 2, skip: this.used };
  }

  /** Announces a member: one that would fit into a frame does not begin in one that has no room for it. */
  beginMember(bytes: number): void {
    if (this.used > 0 && bytes <= this.capacity && this.used + bytes > this.capacity) this.closeFrame();
  }

  /**
   * For a stored task of exactly `bytes` in all: takes its whole place at once and lets the next task go on.
   * Must come before anything is appended.
   */
  reserveStored(bytes: number): void {
    const full = Math.floor(bytes / this.capacity);
    const rest = bytes % this.capacity;
    this.reserved = full * storedFrameSize(this.capacity) + (rest > 0 ? storedFrameSize(rest) : 0);
    this.takePlace(this.reserved);
    this.pass();
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const room = this.room(bytes.length - from);
      room.set(bytes.subarray(from, from + room.length));
      from += room.length;
      this.commit(room.length);
    }
  }

  /** A part of the current frame, at most `wanted` bytes, to be filled and committed. */
  room(wanted: number): Buffer {
    return this.options.buffers.input.subarray(this.used, Math.min(this.capacity, this.used + wanted));
  }

  commit(bytes: number): void {
    this.used += bytes;
    if (this.used === this.capacity) this.closeFrame();
  }

  /** Writes what is left and gives the turn on. Always to be called, also for a task without bytes. */
  finish(): { offset: number; frames: number[] } {
    if (this.used > 0) this.closeFrame();
    this.drain(true);
    if (this.reserved !== null && this.reserved !== this.writtenBytes)
      throw new Error(`a task of ${this.reserved} bytes wrote ${this.writtenBytes}`);
    return { offset: this.firstOffset ?? 0, frames: this.sizes };
  }

  private closeFrame(): void {
    const { buffers, stored, level } = this.options;
    const content = buffers.input.subarray(0, this.used);
    const frame = stored
      ? storedFrame(content, buffers.stored.subarray(this.storedUsed))
      : compressFrameSync(content, level);
    if (stored) this.storedUsed += frame.length;
    this.sizes.push(frame.length, this.used);
    this.used = 0;
    this.pending.push(frame);
    this.pendingBytes += frame.length;
    if (this.pendingBytes >= MAX_PENDING_BYTES) this.drain(false);
  }

  private drain(last: boolean): void {
    if (this.reserved === null) {
      this.options.turn.wait(this.options.seq);
      this.takePlace(this.pendingBytes);
      if (last) this.pass();
    }
    this.write(this.pending);
    if (!this.options.stored) for (const frame of this.pending) freeBuffer(frame);
    this.pending = [];
    this.pendingBytes = 0;
    this.storedUsed = 0;
  }

  private takePlace(bytes: number): void {
    this.options.turn.wait(this.options.seq);
    const offset = this.options.turn.take(bytes);
    this.firstOffset ??= offset;
  }

  private pass(): void {
    if (!this.passed) this.options.turn.pass(this.options.seq);
    this.passed = true;
  }

  private write(buffers: Buffer[]): void {
    let left = buffers;
    while (left.length > 0) {
      let written = writeSome(this.options.fd, left, (this.firstOffset ?? 0) + this.writtenBytes);
      this.writtenBytes += written;
      const rest: Buffer[] = [];
      for (const buffer of left) {
        if (written < buffer.length) rest.push(buffer.subarray(written));
        written = Math.max(0, written - buffer.length);
      }
      left = rest;
    }
  }
}

function writeSome(fd: number, buffers: Buffer[], position: number): number {
  try {
    return writevSync(fd, buffers, position);
  } catch (error) {
    throw new BundleWriteFailed(error);
  }
}
