// Runs inside workerd: Cloudflare's documented HTTP route for D1, in front of the real engine.
// https://developers.cloudflare.com/api/resources/d1/ and https://developers.cloudflare.com/d1/platform/limits/
const MAX_PARAMS = 100;
const MAX_SQL_BYTES = 100_000;
const MAX_VALUE_BYTES = 2_000_000;

const reply = (status, body) => Response.json({ errors: [], messages: [], result: null, ...body }, { status });
const refuse = (status, code, message) => reply(status, { success: false, errors: [{ code, message }] });
const bytes = (text) => new TextEncoder().encode(text).length;

function fault({ sql, params = [] }) {
  if (typeof sql !== 'string') return 'Expected string, received undefined: sql';
  if (!Array.isArray(params) || params.some((value) => typeof value !== 'string')) return 'Expected string: params';
  if (params.length > MAX_PARAMS) return 'too many SQL variables: SQLITE_ERROR';
  if (bytes(sql) > MAX_SQL_BYTES) return 'statement too long: SQLITE_TOOBIG';
  if (params.some((value) => bytes(value) > MAX_VALUE_BYTES)) return 'string or blob too big: SQLITE_TOOBIG';
  return null;
}

// oxlint-disable-next-line import/no-default-export -- workerd takes the handlers from there
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const route = /^\/client\/v4\/accounts\/([^/]+)\/d1\/database\/([^/]+)(\/query)?$/.exec(pathname);
    if (route === null) return refuse(404, 7000, 'No route for that URI');
    const [, account, database, query] = route;
    const token = request.headers.get('authorization');
    if (token !== `Bearer ${env.TOKEN}`) return refuse(401, 10000, 'Authentication error');
    if (account !== env.ACCOUNT) return refuse(403, 10000, 'Authentication error');
    if (database !== env.DATABASE) return refuse(404, 7404, `The database ${database} could not be found`);
    if (query === undefined)
      return request.method === 'GET'
        ? reply(200, { success: true, result: { uuid: database, name: 'mirror', version: 'production' } })
        : refuse(405, 10405, 'Method not allowed for this authentication scheme');
    if (request.method !== 'POST') return refuse(405, 10405, 'Method not allowed for this authentication scheme');
    const body = await request.json();
    const statements = Array.isArray(body.batch) ? body.batch : [body];
    const wrong = statements.map(fault).find((message) => message !== null);
    if (wrong !== undefined) return refuse(400, 7500, wrong);
    try {
      const prepared = statements.map(({ sql, params = [] }) => env.DB.prepare(sql).bind(...params));
      return reply(200, { success: true, result: await env.DB.batch(prepared) });
    } catch (error) {
      return refuse(400, 7500, error.message);
    }
  },
};
