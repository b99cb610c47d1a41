import { isMediaExtension, type PlanLineFacts } from '../plan/index.js';
import { MEDIA_FRAME_BYTES, TEXT_FRAME_BYTES } from '../zstd/index.js';

/** About what a member's headers take in its frame. */
const HEADER_BYTES = 1536;
/** Media of one task: a few frames, so that a message carries enough work. */
const MEDIA_TASK_BYTES = 4 * MEDIA_FRAME_BYTES;

/** What is grouped: lines of the plan, by their number. */
export interface GroupedLines {
  readonly count: number;
  facts(index: number): Readonly<PlanLineFacts>;
}

/** A task to be: which entries of the window, by their position in it. */
export interface Group {
  stored: boolean;
  indexes: number[];
}

/**
 * Cuts a window into tasks. Compressible files are put together by extension (they compress better beside their like),
 * media by themselves; a file larger than a frame is a task of its own. Hard links and folders come later and are left
 * out, as is what is kept. The same window always gives the same groups.
 */
export function groupWindow(window: GroupedLines): Group[] {
  const text: { index: number; extension: string; size: number }[] = [];
  const media: { index: number; size: number }[] = [];
  const large: Group[] = [];
  for (let index = 0; index < window.count; index += 1) {
    const { type, size, extension } = window.facts(index);
    if (type === 'kept' || type === 'hardlink' || type === 'dir') continue;
    const stored = isMediaExtension(extension);
    if (size > TEXT_FRAME_BYTES - HEADER_BYTES) large.push({ stored, indexes: [index] });
    else if (stored) media.push({ index, size });
    else text.push({ index, extension: type === 'file' ? `.${extension}` : '', size });
  }
  text.sort((a, b) => (a.extension < b.extension ? -1 : a.extension > b.extension ? 1 : a.index - b.index));
  return [...fill(text, TEXT_FRAME_BYTES, false), ...fill(media, MEDIA_TASK_BYTES, true), ...large];
}

function fill(items: readonly { index: number; size: number }[], limit: number, stored: boolean): Group[] {
  const groups: Group[] = [];
  let current: Group | null = null;
  let bytes = 0;
  for (const { index, size } of items) {
    const memberBytes = size + HEADER_BYTES;
    if (current === null || bytes + memberBytes > limit) {
      current = { stored, indexes: [] };
      groups.push(current);
      bytes = 0;
    }
    current.indexes.push(index);
    bytes += memberBytes;
  }
  return groups;
}
