/** What the server has for a clock. */
export function serverTime(error: Error): string | null {
  const given = field(error, 'ServerTime') ?? header(error, 'date');
  const at = given === null ? Number.NaN : Date.parse(given);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** The region that the server says the bucket is in. */
export function rightRegion(error: Error): string | null {
  return (
    field(error, 'Region') ??
    header(error, 'x-amz-bucket-region') ??
    /expecting '([^']+)'/.exec(error.message)?.[1] ??
    null
  );
}

/** What the answer's text has of that name. */
export function field(error: Error, name: string): string | null {
  const value: unknown = Reflect.get(error, name);
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' && value !== '' ? value : null;
}

function header(error: Error, name: string): string | null {
  const response: unknown = Reflect.get(error, '$response');
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null) return null;
  const value: unknown = Reflect.get(headers, name);
  return typeof value === 'string' ? value : null;
}
