/** One event of a stream of server-sent events. */
export interface StreamEvent {
  id: string;
  type: string;
  data: string;
}

/** Takes text as it comes, and gives the events that are complete. */
export class EventStreamParser {
  #rest = '';

  push(text: string): StreamEvent[] {
    this.#rest += text.replaceAll('\r\n', '\n');
    const frames = this.#rest.split('\n\n');
    this.#rest = frames.pop() ?? '';
    return frames.map(frameOf).filter((event) => event.data !== '');
  }
}

function frameOf(frame: string): StreamEvent {
  const event = { id: '', type: 'message', data: '' };
  for (const line of frame.split('\n')) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') event.id = value ?? '';
    else if (name === 'event') event.type = value ?? '';
    else if (name === 'data') event.data += (event.data === '' ? '' : '\n') + (value ?? '');
  }
  return event;
}
