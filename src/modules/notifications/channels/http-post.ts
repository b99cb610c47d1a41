import { outgoingRequest } from '../../../common/outgoing/index.js';
import { notificationDeferred, notificationRefused } from '../notifications.errors.js';
import type { Transport } from './channel-kind.js';

/** Longest wait that the other side may ask for. */
const MOST_WAIT_SECONDS = 6 * 3600;

/** 408 and 425 and 429 pass; so does what is the other side's own fault. */
const passing = (status: number): boolean => [408, 425, 429].includes(status) || status >= 500;

interface Request {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON. */
  body?: string | Readonly<Record<string, unknown>>;
}

/** One request of a channel; the answer as a line for people. Errors: as `ChannelSender.send`. */
export async function post(
  url: string,
  { method = 'POST', headers = {}, body }: Request,
  transport: Transport,
): Promise<string> {
  const isJson = typeof body === 'object';
  const answer = await outgoingRequest(url, {
    method,
    headers: { ...(isJson ? { 'Content-Type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
    ...transport,
  });
  const said = `HTTP ${answer.status}${answer.body === '' ? '' : `: ${answer.body}`}`;
  if (answer.status >= 200 && answer.status < 300) return said;
  const host = new URL(url).hostname;
  if (passing(answer.status))
    throw notificationDeferred(
      `${host} did not take it now (HTTP ${answer.status}).`,
      said,
      waitOf(answer.headers['retry-after'], answer.body),
    );
  const hint =
    answer.status >= 300 && answer.status < 400
      ? 'It redirects to another address; redirects are not followed. Enter the address that it leads to.'
      : 'Check the URL, token and other settings of the channel; they may have been revoked on the other side.';
  throw notificationRefused(`${host} refused it (HTTP ${answer.status}).`, said, hint);
}

/** Seconds to wait, from the header or from the body, as Telegram and Discord give it. */
function waitOf(header: string | undefined, body: string): number | null {
  const given = header === undefined ? inBody(body) : /^\d+(\.\d+)?$/.test(header) ? Number(header) : untilDate(header);
  return given === null || !(given >= 0) ? null : Math.min(given, MOST_WAIT_SECONDS);
}

const untilDate = (header: string): number | null => {
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000);
};

function inBody(body: string): number | null {
  const found = /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(body)?.[1];
  return found === undefined ? null : Number(found);
}
