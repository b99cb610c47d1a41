import { signal } from '@preact/signals';
import createClient from 'openapi-fetch';
import { problemOf, unreachable } from './problem.ts';
import type { components, paths } from './schema.ts';

/** The shapes of the API by name: `Dto<'SiteDto'>`. */
export type Dto<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Whether the last request reached the server; null = it does. */
export const unreachableSince = signal<Date | null>(null);

/** Called when the API says that nobody is signed in any more. Set by the session. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** `fetch` with our errors: a `Problem` for all that is no success. */
async function checkedFetch(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    unreachableSince.value ??= new Date();
    throw unreachable();
  }
  unreachableSince.value = null;
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && !new URL(request.url).pathname.startsWith('/session')) onSignedOut();
  throw problem;
}

/** The API, typed by `openapi.json`. Calls go through `ask`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: checkedFetch });

/** The answer of a call: `await ask(api.GET('/status'))`. Error: `Problem`. */
export async function ask<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await call;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- answers without a body (204) have nothing to give, and nobody looks at it
  return data as NonNullable<T>;
}

/** A call that the description does not have (yet). Error: `Problem`. */
export async function send<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  abort?: AbortSignal,
): Promise<T> {
  const response = await checkedFetch(
    new Request(new URL(path, location.origin), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      ...(abort === undefined ? {} : { signal: abort }),
    }),
  );
  const text = await response.text();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows the description
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** An answer as text, piece by piece as it comes. Ends with the signal. Error: `Problem`. */
export async function* textOf(path: string, accept: string, abort: AbortSignal): AsyncGenerator<string> {
  const request = new Request(new URL(path, location.origin), { headers: { Accept: accept }, signal: abort });
  const response = await checkedFetch(request);
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (!abort.aborted) throw error;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
